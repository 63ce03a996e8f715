import cv2

from producer.encoding import encode
from producer.jpeg import size_of
from producer.sources.base import Picture
from tests.producer.builders import decoded, numbered_jpeg, numbered_picture, shown_number


def test_pixels_become_a_jpeg_of_their_size() -> None:
    encoded = encode(Picture(pixels=lambda: numbered_picture(77)), quality=90)
    assert (encoded.width, encoded.height) == (160, 64)
    assert shown_number(decoded(encoded.jpeg)) == 77


def test_a_lower_quality_makes_fewer_bytes() -> None:
    picture = Picture(pixels=lambda: numbered_picture(77))
    assert len(encode(picture, quality=30).jpeg) < len(encode(picture, quality=95).jpeg)


def test_jpeg_bytes_pass_through_with_the_size_that_they_state() -> None:
    encoded = encode(Picture(jpeg=numbered_jpeg(3)), quality=10)
    assert (encoded.jpeg, encoded.width, encoded.height) == (numbered_jpeg(3), 160, 64)


def test_bytes_that_are_no_picture_have_the_size_of_one_pixel() -> None:
    assert size_of(b"") == size_of(b"no picture") == size_of(numbered_jpeg(3)[:20]) == (1, 1)


def test_a_picture_wider_than_a_header_can_state_counts_as_unreadable() -> None:
    strip = cv2.resize(numbered_picture(1), (20_000, 8))
    assert size_of(cv2.imencode(".jpg", strip)[1].tobytes()) == (1, 1)
