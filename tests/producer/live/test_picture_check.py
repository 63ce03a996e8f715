from collections.abc import Callable

import cv2
import numpy as np
import pytest

from producer.live.picture_check import PictureCheck, is_whole
from producer.pictures.reduction import reduced_luma
from producer.sources.base import Picture, Pixels
from producer.sources.demo import scene
from shared.cameras import PictureFault

GREY, GREEN, PURE_GREEN = (128, 128, 128), (0, 135, 0), (0, 255, 0)


def _scene(number: int = 0) -> Pixels:
    return scene.draw(has_mask=False, frame_number=number)


def _smeared(colour: tuple[int, int, int], from_row: int = 180) -> Pixels:
    picture = _scene().copy()
    picture[from_row:] = colour
    return picture


def _as_jpeg(pixels: Pixels) -> Picture:
    return Picture(jpeg=cv2.imencode(".jpg", pixels)[1].tobytes())


def _as_pixels(pixels: Pixels) -> Picture:
    return Picture(pixels=lambda: pixels)


def _fault(check: PictureCheck, picture: Picture, now: float = 0.0) -> PictureFault | None:
    return check.fault_of(picture, reduced_luma(picture), now)


@pytest.mark.parametrize("make", [_as_jpeg, _as_pixels])
@pytest.mark.parametrize("colour", [GREY, GREEN, PURE_GREEN])
def test_a_picture_that_is_suddenly_grey_or_green_is_smeared(
    make: Callable[[Pixels], Picture], colour: tuple[int, int, int]
) -> None:
    check = PictureCheck()
    assert _fault(check, make(_scene())) is None
    assert _fault(check, make(_smeared(colour)), 0.2) is PictureFault.SMEARED
    assert _fault(check, make(_smeared(colour, from_row=0)), 0.4) is PictureFault.SMEARED
    assert _fault(check, make(_scene(5)), 0.6) is None


def test_a_scene_that_stays_grey_is_taken_as_it_is_after_a_while() -> None:
    check = PictureCheck()
    assert _fault(check, _as_pixels(_scene())) is None
    faults = [_fault(check, _as_pixels(_smeared(GREY)), now) for now in (1.0, 3.0, 5.9, 6.2, 6.4)]
    assert faults == [PictureFault.SMEARED] * 3 + [None, None]


def test_a_scene_that_begins_grey_is_how_it_looks() -> None:
    check = PictureCheck()
    assert _fault(check, _as_pixels(_smeared(GREY))) is None
    assert _fault(check, _as_pixels(_smeared(GREY)), 0.2) is None


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 120, 60), (90, 90, 90)])
def test_another_flat_colour_is_something_in_front_of_the_camera(colour: tuple[int, int, int]) -> None:
    check = PictureCheck()
    assert _fault(check, _as_pixels(_scene())) is None
    assert _fault(check, _as_pixels(_smeared(colour)), 0.2) is None


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_jpeg_that_ends_too_early_is_cut(share: float) -> None:
    jpeg = _as_jpeg(_scene()).jpeg or b""
    assert _fault(PictureCheck(), Picture(jpeg=jpeg[: int(len(jpeg) * share)])) is PictureFault.CUT


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xd9"])
def test_bytes_that_are_no_picture_are_cut(content: bytes) -> None:
    assert _fault(PictureCheck(), Picture(jpeg=content)) is PictureFault.CUT


def test_what_the_decoder_calls_damaged_is_smeared() -> None:
    picture = Picture(pixels=_scene, is_damaged=True)
    assert _fault(PictureCheck(), picture) is PictureFault.SMEARED


def test_padding_behind_a_jpeg_is_no_cut() -> None:
    jpeg = _as_jpeg(_scene()).jpeg or b""
    assert is_whole(jpeg + b"\0\0\r\n")
    assert not is_whole(jpeg[:-1])


def test_real_pictures_of_the_demo_are_sound() -> None:
    check = PictureCheck()
    assert {_fault(check, _as_jpeg(_scene(number)), number / 10) for number in range(0, 140, 7)} == {None}


def test_a_flat_grey_picture_of_ones_own_making_is_sound() -> None:
    check = PictureCheck()
    flat = np.full((64, 160, 3), 40, np.uint8)
    assert _fault(check, _as_jpeg(flat)) is None
