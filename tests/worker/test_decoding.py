import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from shared.jpegs import MAX_SCANS
from shared.messages import DeadLetterReason
from shared.streams import HEADER, JPEG
from tests.hostile_jpegs import HEIGHT, WIDTH, claiming, with_bits, with_comments, with_scans, written
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
        pytest.param(HEADER_JSON.replace(b'"width":640', b'"width":"wide"'), id="a word for a width"),
        pytest.param(HEADER_JSON.replace(b'"sequence":0', b'"sequence":1' + b"0" * 30), id="an endless number"),
        pytest.param(HEADER_JSON.replace(b'"clock_step_s":0.0', b'"clock_step_s":NaN'), id="not a number"),
        pytest.param(HEADER_JSON.replace(b'"clock_step_s":0.0', b'"clock_step_s":1e999'), id="an endless step"),
        pytest.param(HEADER_JSON.replace(b'"captured_at":"2', b'"captured_at":"9'), id="in seven thousand years"),
        pytest.param(b"[" * MAX_HEADER_BYTES, id="lists in lists"),
        pytest.param(b'{"a":' * 3_000 + b"1" + b"}" * 3_000, id="objects in objects"),
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


SMALL = a_header(width=WIDTH, height=HEIGHT)


@pytest.mark.parametrize(
    ("jpeg", "why"),
    [
        pytest.param(claiming(60_000, 60_000), "60000x60000 is more than", id="a bomb"),
        pytest.param(with_scans(MAX_SCANS + 1), "scans", id="passes without end over the picture"),
        pytest.param(with_bits(12), "12-bit", id="12 bits a sample"),
        pytest.param(with_bits(16), "16-bit", id="16 bits a sample"),
        pytest.param(written(format_="PNG"), "not a JPEG", id="PNG"),
        pytest.param(written(format_="WEBP"), "not a JPEG", id="WebP"),
        pytest.param(written(format_="GIF"), "not a JPEG", id="GIF"),
        pytest.param(written(format_="TIFF"), "not a JPEG", id="TIFF"),
    ],
)
def test_what_is_refused_is_refused_at_its_header(jpeg: bytes, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[object] = []
    monkeypatch.setattr(cv2, "imdecode", lambda *arguments: decoded.append(arguments))
    with pytest.raises(PoisonEntry, match=why):
        decode_picture({JPEG: jpeg}, SMALL, max_pixels=1_000_000)
    assert decoded == []


@pytest.mark.parametrize(
    "jpeg",
    [
        pytest.param(written(progressive=True), id="progressive"),
        pytest.param(with_scans(MAX_SCANS), id="as many scans as are allowed"),
        pytest.param(written() + b"behind the end" * 1_000, id="bytes behind it"),
        pytest.param(with_comments(100), id="six megabytes of comments"),
        pytest.param(written(icc_profile=b"no profile" * 1_000), id="a colour profile of garbage"),
    ],
)
def test_what_is_strange_and_sound_is_decoded(jpeg: bytes) -> None:
    assert decode_picture({JPEG: jpeg}, SMALL, max_pixels=1_000_000).shape == (HEIGHT, WIDTH, 3)


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
