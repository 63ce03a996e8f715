import io
import json
import math
import struct

import pytest
from PIL import Image

from console.live.pictures import LivePicture
from console.live.reducing import FULL, message, width_for
from shared.jpegs import MAX_SCANS
from shared.messages import Box, PersonOutcome
from shared.tracks import FrameTracks, SeenTrack
from tests.builders import BEGIN
from tests.hostile_jpegs import with_scans


def a_jpeg(width: int = 800, height: int = 600, mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, "JPEG")
    return file.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A small JPEG that states another size."""
    jpeg = a_jpeg()
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def picture(jpeg: bytes, box: Box = Box(1, 1, 50, 50)) -> LivePicture:  # noqa: B008 - never changes
    # As no message that is read can be: a box without an end is refused there.
    track = SeenTrack.model_construct(
        id="1-0-0", box=box, label=None, confidence=None, outcome=PersonOutcome.CANNOT_TELL
    )
    tracks = FrameTracks.model_construct(
        camera="gate", epoch=1, sequence=0, captured_at=BEGIN, frame_entry_id="1-1", width=800, height=600,
        tracks=(track,),
    )  # fmt: skip
    return LivePicture(tracks, jpeg, is_tracked=True)


@pytest.mark.parametrize("width", [FULL, 320])
@pytest.mark.parametrize("jpeg", [b"", b"\xff\xd8", claiming(60_000, 60_000), claiming(8_000, 8_000), claiming(0, 9)])
def test_a_picture_that_claims_more_than_any_camera_has_is_not_decoded(jpeg: bytes, width: int) -> None:
    assert message(picture(jpeg), width) is None


def test_a_picture_of_more_scans_than_any_camera_makes_is_not_decoded() -> None:
    assert message(picture(with_scans(MAX_SCANS + 1)), 320) is None


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("size", [(800, 600), (4_000, 3_000), (5_000, 1), (600, 20_000)])
def test_every_other_one_is_made_as_small_as_it_is_shown(size: tuple[int, int], mode: str) -> None:
    sent = message(picture(a_jpeg(*size, mode)), 320)
    assert sent is not None
    (length,) = struct.unpack(">I", sent[:4])
    assert Image.open(io.BytesIO(sent[4 + length :])).width == 320


@pytest.mark.parametrize("box", [Box(-1e300, 0, 1e300, 1), Box(50, 50, 1, 1)])
def test_a_box_that_is_absurd_is_passed_on_as_it_is(box: Box) -> None:
    sent = message(picture(a_jpeg(), box), FULL)
    assert sent is not None
    (length,) = struct.unpack(">I", sent[:4])
    assert json.loads(sent[4 : 4 + length])["tracks"][0]["box"] == list(box)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_box_that_json_cannot_say_is_not_sent(value: float) -> None:
    assert message(picture(a_jpeg(), Box(0, 0, value, 1)), FULL) is None


def test_viewers_of_about_one_size_share_a_width() -> None:
    assert [width_for(asked) for asked in (1, 320, 321, 1_280, 1_281)] == [320, 320, 640, 1_280, FULL]
