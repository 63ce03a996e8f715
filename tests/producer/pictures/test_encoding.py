import cv2
import numpy as np
import pytest

from producer.pictures.encoding import encode, size_of
from producer.pictures.jpeg import size_of as stated_size
from producer.sources.base import Picture
from tests.producer.builders import decoded, numbered_jpeg, numbered_picture, shown_number


def test_pixels_become_a_jpeg() -> None:
    assert shown_number(decoded(encode(Picture(pixels=lambda: numbered_picture(77)), quality=90))) == 77


def test_a_lower_quality_makes_fewer_bytes() -> None:
    picture = Picture(pixels=lambda: numbered_picture(77))
    assert len(encode(picture, quality=30)) < len(encode(picture, quality=95))


def test_jpeg_bytes_pass_through() -> None:
    assert encode(Picture(jpeg=numbered_jpeg(3)), quality=10) == numbered_jpeg(3)


def test_a_picture_has_the_size_of_its_pixels_brightness_or_header() -> None:
    luma = np.zeros((64, 160), np.uint8)
    pictures = [
        Picture(jpeg=numbered_jpeg(3)),
        Picture(pixels=lambda: numbered_picture(3)),
        Picture(pixels=lambda: numbered_picture(3), luma=lambda: luma),
    ]
    assert [size_of(picture) for picture in pictures] == [(160, 64)] * 3


def test_bytes_that_are_no_picture_have_the_size_of_one_pixel() -> None:
    assert stated_size(b"") == stated_size(b"no picture") == stated_size(numbered_jpeg(3)[:20]) == (1, 1)


def test_a_picture_wider_than_a_header_can_state_counts_as_unreadable() -> None:
    strip = cv2.resize(numbered_picture(1), (20_000, 8))
    assert stated_size(cv2.imencode(".jpg", strip)[1].tobytes()) == (1, 1)


@pytest.mark.parametrize("options", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 4)])
def test_sizes_are_read_whatever_stands_before_them(options: tuple[int, ...]) -> None:
    jpeg = bytes(cv2.imencode(".jpg", numbered_picture(1), options)[1].tobytes())
    comment = b"\xff\xfe\x00\x06\xff\xc0\xff\xd8"
    padding = b"\xff\xff"
    for between in (b"", comment, 3 * comment, padding, padding + comment):
        assert stated_size(jpeg[:2] + between + jpeg[2:]) == (160, 64)


def test_a_size_that_is_cut_off_or_never_comes_is_unreadable() -> None:
    jpeg = numbered_jpeg(3)
    assert {stated_size(jpeg[:length]) for length in range(150)} == {(1, 1)}
    assert stated_size(b"\xff\xd8" + b"\xff\xfe\x00\x00" * 5) == (1, 1)
    assert stated_size(b"\xff\xd8" + 300 * b"\xff") == (1, 1)
