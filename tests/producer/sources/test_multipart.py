import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.sources.multipart import MAX_PART_BYTES, Multipart, PartTooLarge

A, B = b"\xff\xd8first\r\n\r\n--\xff\xd9", b"\xff\xd8second\xff\xd9"


def _parts(stream: bytes, boundary: str = "frame", step: int = 7) -> list[bytes]:
    parser = Multipart(boundary)
    pieces = [stream[begin : begin + step] for begin in range(0, len(stream), step)]
    return [part for piece in pieces for part in parser.feed(piece)]


def _with_length(*contents: bytes, delimiter: bytes = b"--frame") -> bytes:
    return b"".join(
        delimiter + b"\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(each) + each + b"\r\n"
        for each in contents
    )


def _without_length(*contents: bytes, headers: bytes = b"Content-Type: image/jpeg\r\n") -> bytes:
    return b"".join(b"--frame\r\n" + headers + b"\r\n" + each + b"\r\n" for each in contents) + b"--frame--\r\n"


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5), st.integers(1, 400))
def test_contents_come_out_byte_by_byte_however_they_are_cut_on_the_way(contents: list[bytes], step: int) -> None:
    assert _parts(_with_length(*contents), step=step) == contents


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_a_part_without_a_length_ends_before_the_next_boundary(step: int) -> None:
    assert _parts(_without_length(A, B), step=step) == [A, B]


def test_a_part_may_have_no_headers_at_all() -> None:
    assert _parts(_without_length(A, B, headers=b"")) == [A, B]


@pytest.mark.parametrize(
    ("boundary", "delimiter"),
    [
        ("--frame", b"--frame"),
        ("--frame", b"----frame"),
        ('"frame"', b"--frame"),
        ("frame", b"frame"),
        ("", b"--whatever"),
        ("a+b(c", b"--a+b(c"),
    ],
)
def test_boundaries_are_found_as_cameras_write_them(boundary: str, delimiter: bytes) -> None:
    assert _parts(_with_length(A, B, delimiter=delimiter), boundary) == [A, B]


def test_lines_may_end_with_a_line_feed_alone() -> None:
    stream = b"--frame\nContent-Length: %d\n\n" % len(A) + A + b"\n--frame\nContent-type: image/jpeg\n\n" + B
    assert _parts(stream + b"\n--frame\n") == [A, B]


def test_junk_between_parts_is_passed_over() -> None:
    assert _parts(b"hello\r\n" + _with_length(A) + b"noise" * 1_000 + b"\r\n" + _with_length(B)) == [A, B]


def test_empty_parts_and_other_contents_are_passed_over() -> None:
    sound = b"--frame\r\nContent-Type: audio/basic\r\nContent-Length: 4\r\n\r\n1234\r\n"
    assert _parts(_with_length(b"", A) + sound + _without_length(b"", B)) == [A, B]


def test_a_part_larger_than_any_picture_is_refused_before_it_is_held() -> None:
    with pytest.raises(PartTooLarge):
        _parts(b"--frame\r\nContent-Length: %d\r\n\r\n" % (MAX_PART_BYTES + 1))
    with pytest.raises(PartTooLarge):
        _parts(b"--frame\r\n\r\n" + b"\0" * (MAX_PART_BYTES + 100_000), step=1 << 20)
    with pytest.raises(PartTooLarge):
        _parts(b"--frame\r\n" + b"x" * 100_000, step=1 << 12)
