import pytest
from pydantic import AwareDatetime, ValidationError

from shared.messages import MAX_REGIONS, Box, FrameHeader, FrameResult, Message
from tests.builders import a_detection, a_result

HEADER = (
    b'{"schema_version":1,"camera":"gate","epoch":1,"sequence":2,"captured_at":"2026-01-01T00:00:00Z",'
    b'"width":640,"height":360,"on_overload":"drop_oldest"}'
)


def test_a_result_survives_the_wire_unchanged() -> None:
    result = a_result(3, a_detection(x=10.5, appearance=(1, 2, 3)))
    assert FrameResult.model_validate_json(result.model_dump_json()) == result


def test_a_field_of_a_newer_writer_is_ignored() -> None:
    FrameHeader.model_validate_json(HEADER.replace(b'"epoch"', b'"lens":"wide","epoch"'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"schema_version":1', b'"schema_version":2'),
        (b'"camera":"gate"', b'"camera":"../gate"'),
        (b'"sequence":2', b'"sequence":-1'),
        (b"2026-01-01T00:00:00Z", b"2026-01-01T00:00:00"),
        (b'"width":640', b'"width":60000'),
        (b'"height":360', b'"height":0'),
        (b"}", b""),
    ],
    ids=["unknown schema", "camera id", "sequence", "naive instant", "too wide", "no height", "cut"],
)
def test_a_header_that_is_none_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(ValidationError):
        FrameHeader.model_validate_json(HEADER.replace(old, new))


class _HeaderBeforeRegions(Message):
    """What a worker knew before headers had regions."""

    camera: str
    epoch: int
    sequence: int
    captured_at: AwareDatetime
    width: int
    height: int


def with_regions(regions: str) -> bytes:
    return HEADER.replace(b'"epoch"', b'"regions":%s,"epoch"' % regions.encode())


def test_regions_survive_the_wire_unchanged() -> None:
    header = FrameHeader.model_validate_json(with_regions("[[10,20.5,30,40],[-5,0,700,360]]"))
    assert header.regions == (Box(10, 20.5, 30, 40), Box(-5, 0, 700, 360))
    assert FrameHeader.model_validate_json(header.model_dump_json()) == header


def test_nothing_moved_is_not_the_same_as_nobody_looked() -> None:
    assert FrameHeader.model_validate_json(with_regions("[]")).regions == ()
    assert FrameHeader.model_validate_json(with_regions("null")).regions is None


def test_the_header_of_a_producer_without_regions_has_all_of_it_scanned() -> None:
    assert FrameHeader.model_validate_json(HEADER).regions is None


def test_a_worker_that_knows_no_regions_reads_headers_with_them() -> None:
    newer = FrameHeader.model_validate_json(with_regions("[[10,20,30,40]]")).model_dump_json()
    assert _HeaderBeforeRegions.model_validate_json(newer).sequence == 2


@pytest.mark.parametrize(
    "regions",
    [
        pytest.param("[[30,20,10,40]]", id="right before left"),
        pytest.param("[[10,40,30,40]]", id="no height"),
        pytest.param("[[NaN,20,30,40]]", id="not a number"),
        pytest.param("[[10,20,Infinity,40]]", id="endless"),
        pytest.param("[[10,20,20000,40]]", id="too far right"),
        pytest.param("[[10,-20000,30,40]]", id="too far up"),
        pytest.param("[[10,20,30]]", id="three sides"),
        pytest.param('[["left",20,30,40]]', id="a word"),
        pytest.param("[10,20,30,40]", id="numbers alone"),
        pytest.param("true", id="no list"),
        pytest.param(str([[0, 0, 1, 1]] * (MAX_REGIONS + 1)), id="too many"),
    ],
)
def test_regions_that_are_none_are_refused(regions: str) -> None:
    with pytest.raises(ValidationError, match="regions"):
        FrameHeader.model_validate_json(with_regions(regions))


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        a_result().camera = "other"
