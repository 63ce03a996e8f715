"""A picture in small."""

import cv2
import numpy as np
import pytest

from producer.pictures.reduction import WIDTH_PX, reduced_luma
from producer.sources.base import Picture, Pixels
from shared.jpegs import MAX_SCANS
from tests.hostile_jpegs import with_scans


def a_slope(width: int, height: int) -> Pixels:
    """Pixels whose brightness rises from left to right, from 0 to 240."""
    row = np.linspace(0, 240, width).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, width, 3)))


def as_jpeg(pixels: Pixels, *options: int) -> bytes:
    return bytes(cv2.imencode(".jpg", pixels, options)[1].tobytes())


SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (960, 506), (640, 480), (321, 241), (720, 1280), (2559, 3)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_bytes_and_pixels_of_one_picture_give_the_same_in_small(width: int, height: int) -> None:
    pixels = a_slope(width, height)
    from_bytes = reduced_luma(Picture(jpeg=as_jpeg(pixels)))
    from_pixels = reduced_luma(Picture(pixels=lambda: pixels))
    assert from_bytes is not None
    assert from_pixels is not None
    for luma in (from_bytes, from_pixels):
        assert luma.dtype == np.uint8
        assert luma.shape == (pytest.approx(max(1, height * WIDTH_PX / width), abs=1), WIDTH_PX)
        expected = np.linspace(0, 240, WIDTH_PX)
        assert np.abs(luma.mean(axis=0) - expected).max() < 4


def test_a_jpeg_that_would_keep_the_decoder_busy_has_no_pixels() -> None:
    assert reduced_luma(Picture(jpeg=with_scans(MAX_SCANS))) is not None
    assert reduced_luma(Picture(jpeg=with_scans(MAX_SCANS + 1))) is None


def test_a_small_picture_keeps_its_size() -> None:
    for picture in (Picture(jpeg=as_jpeg(a_slope(160, 64))), Picture(pixels=lambda: a_slope(160, 64))):
        luma = reduced_luma(picture)
        assert luma is not None
        assert luma.shape == (64, 160)


def test_the_brightness_is_taken_where_the_source_has_it_so_that_no_colours_are_converted() -> None:
    def refused() -> Pixels:
        raise AssertionError("colours were converted")

    luma = reduced_luma(Picture(pixels=refused, luma=a_slope(1280, 720)[:, :, 0].copy))
    assert luma is not None
    assert luma.shape == (180, WIDTH_PX)


def test_grey_and_progressive_jpegs_are_read() -> None:
    grey = as_jpeg(a_slope(640, 480)[:, :, 0])
    progressive = as_jpeg(a_slope(640, 480), cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    for jpeg in (grey, progressive):
        luma = reduced_luma(Picture(jpeg=jpeg))
        assert luma is not None
        assert luma.shape == (240, WIDTH_PX)


def _with_broken_middle() -> bytes:
    jpeg = as_jpeg(a_slope(640, 480))
    return jpeg[: len(jpeg) // 2] + bytes(40) + jpeg[len(jpeg) // 2 + 40 :]


@pytest.mark.parametrize(
    "jpeg",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xd8", id="a beginning"),
        pytest.param(b"<html>not found</html>", id="a page"),
        pytest.param(as_jpeg(a_slope(640, 480))[:300], id="cut in its header"),
        pytest.param(as_jpeg(a_slope(640, 480))[:-900], id="cut in its pixels"),
    ],
)
def test_what_is_no_whole_jpeg_gives_none_and_nothing_is_printed(
    jpeg: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert reduced_luma(Picture(jpeg=jpeg)) is None
    assert capfd.readouterr() == ("", "")


def test_a_broken_middle_is_read_or_not_but_never_printed(capfd: pytest.CaptureFixture[str]) -> None:
    reduced_luma(Picture(jpeg=_with_broken_middle()))
    assert capfd.readouterr() == ("", "")


def test_a_picture_without_pixels_gives_none() -> None:
    assert reduced_luma(Picture()) is None
    assert reduced_luma(Picture(pixels=lambda: np.zeros((0, 0, 3), np.uint8))) is None


def test_random_bytes_behind_a_jpegs_beginning_raise_nothing() -> None:
    noise = np.random.default_rng(1)
    whole = as_jpeg(a_slope(320, 240))
    for _ in range(300):
        broken = bytearray(whole)
        for place in noise.integers(2, len(whole), 20):
            broken[place] = noise.integers(256)
        reduced_luma(Picture(jpeg=bytes(broken)))
