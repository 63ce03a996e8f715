import av
import numpy as np
import pytest

from producer.sources.frames import luma_of, pixels_of
from tests.producer.builders import numbered_picture


def _a_frame(pixel_format: str, width: int = 150) -> av.VideoFrame:
    # 150 px: lines of planes are longer in memory.
    pixels = np.ascontiguousarray(numbered_picture(21)[:, :width])
    return av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(format=pixel_format)


@pytest.mark.parametrize(
    "pixel_format",
    ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "nv12", "gray", "yuv420p10le", "rgb24", "yuyv422", "gray16le"],
)
def test_luma_is_the_brightness_of_the_pixels_whatever_their_format(pixel_format: str) -> None:
    frame = _a_frame(pixel_format)
    luma = luma_of(frame)
    assert luma.shape == (64, 150)
    assert luma.dtype == np.uint8
    # Video has less range than pictures: 16 to 235.
    assert np.abs(luma.astype(int) - pixels_of(frame)[..., 1]).max() <= 32


def test_luma_is_a_copy_that_outlives_the_frame() -> None:
    frame = _a_frame("yuv420p")
    luma = luma_of(frame)
    luma[:] = 0
    assert luma_of(frame).max() > 150
