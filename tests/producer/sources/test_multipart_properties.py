from hypothesis import given, settings
from hypothesis import strategies as st

from producer.sources.multipart import Multipart, PartTooLarge
from tests.strategies import QUICK, mutated

STREAM = b"".join(
    b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size + b"\r\n"
    for size in (5, 9)
)
LINES = st.sampled_from(
    [b"--frame", b"--", b"\r\n", b"\n", b"\r\n\r\n", b"Content-Length: 999999999999", b"Content-Type: x"]
)


@settings(QUICK)
@given(
    st.text(max_size=20),
    st.lists(mutated(STREAM) | st.binary(max_size=50) | LINES, max_size=8),
)
def test_whatever_a_camera_sends_gives_bytes_or_is_too_large(boundary: str, pieces: list[bytes]) -> None:
    parser, sent = Multipart(boundary), b"".join(pieces)
    try:
        given_out = [part for piece in pieces for part in parser.feed(piece)]
    except PartTooLarge:
        return
    assert all(part in sent for part in given_out)
    assert sum(map(len, given_out)) <= len(sent)
