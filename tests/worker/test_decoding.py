import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from shared.messages import DeadLetterReason
from shared.streams import HEADER, JPEG
from tests.worker.drawn import a_header, a_jpeg, a_scene
from worker.decoding import MAX_HEADER_BYTES, PoisonEntry, decode_picture, parse_header

HEADER_JSON = a_header().model_dump_json().encode()
SCENE = a_jpeg(a_scene())


def a_bomb(width: int = 65_500, height: int = 65_500) -> bytes:
    """A real JPEG whose header was changed to claim a huge picture."""
    at = SCENE.index(b"\xff\xc0") + 5
    return SCENE[:at] + struct.pack(">HH", height, width) + SCENE[at + 4 :]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="no header"),
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"{}", id="no fields"),
        pytest.param(b"[]", id="no object"),
        pytest.param(HEADER_JSON.replace(b'"schema_version":1', b'"schema_version":2'), id="a later schema"),
        pytest.param(HEADER_JSON.replace(b'"gate"', b'"../etc"'), id="no camera id"),
        pytest.param(HEADER_JSON.replace(b'"gate"', b'"yard"'), id="another camera's"),
        pytest.param(HEADER_JSON.replace(b'"width":640', b'"width":-1'), id="a negative width"),
        pytest.param(b" " * MAX_HEADER_BYTES + HEADER_JSON, id="endless"),
    ],
)
def test_a_header_that_cannot_be_read_is_poison(raw: bytes) -> None:
    with pytest.raises(PoisonEntry) as caught:
        parse_header({HEADER: raw}, "gate")
    assert caught.value.reason is DeadLetterReason.HEADER


def test_a_header_without_its_field_is_poison() -> None:
    with pytest.raises(PoisonEntry):
        parse_header({}, "gate")


@pytest.mark.parametrize(
    "jpeg",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"garbage", id="garbage"),
        pytest.param(SCENE[: len(SCENE) // 2], id="cut in the middle"),
        pytest.param(SCENE[:30], id="cut in its header"),
        pytest.param(a_jpeg(a_scene(width=320, height=240)), id="of another size"),
        pytest.param(a_bomb(), id="claims to be huge"),
        pytest.param(a_bomb(640, 0), id="claims no height"),
        pytest.param(cv2.imencode(".png", a_scene())[1].tobytes(), id="a PNG"),
    ],
)
def test_a_picture_that_cannot_be_used_is_poison(jpeg: bytes) -> None:
    with pytest.raises(PoisonEntry) as caught:
        decode_picture({JPEG: jpeg}, a_header(), max_pixels=1_000_000)
    assert caught.value.reason is DeadLetterReason.JPEG


def test_a_picture_over_the_limit_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PoisonEntry, match="more than 1000 pixels"):
        decode_picture({JPEG: SCENE}, a_header(), max_pixels=1000)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_pictures_of_every_colour_model_become_bgr(mode: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("pictures") / "picture.jpg"
    Image.new("RGB", (640, 480), (200, 100, 50)).convert(mode).save(path, quality=95)
    picture = decode_picture({JPEG: path.read_bytes()}, a_header(), max_pixels=1_000_000)
    assert picture.shape == (480, 640, 3)
    assert picture.dtype == np.uint8


def test_an_exif_rotation_does_not_turn_the_picture(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("pictures") / "picture.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn by 90 degrees"
    Image.new("RGB", (640, 480)).save(path, exif=exif)
    assert decode_picture({JPEG: path.read_bytes()}, a_header(), max_pixels=1_000_000).shape == (480, 640, 3)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("is_progressive", [False, True])
def test_pixels_are_those_that_training_and_evaluation_see(
    subsampling: int, is_progressive: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("pictures") / "picture.jpg"
    drawn = Image.fromarray(a_scene()[..., ::-1])
    drawn.save(path, quality=85, subsampling=subsampling, progressive=is_progressive)
    decoded = decode_picture({JPEG: path.read_bytes()}, a_header(), max_pixels=1_000_000)
    np.testing.assert_array_equal(decoded, cv2.imread(str(path)))
