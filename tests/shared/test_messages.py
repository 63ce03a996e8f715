import pytest
from pydantic import ValidationError

from shared.messages import FrameHeader, FrameResult
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


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        a_result().camera = "other"
