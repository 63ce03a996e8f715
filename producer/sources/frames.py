"""From a decoded frame to its pixels or its brightness alone."""

import numpy as np
from av.video.frame import VideoFrame

from producer.sources.base import Luma, Pixels

# Formats whose first plane is the brightness, a byte a pixel.
_LUMA_FIRST = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "yuv440p", "nv12", "nv21", "gray"}
)


def pixels_of(frame: VideoFrame) -> Pixels:
    """The frame's pixels in BGR, turned upright if its metadata say that the camera was held sideways."""
    # Left to itself, it starts threads for each picture and ends them again.
    converted = frame.reformat(format="bgr24", threads=1)
    pixels = np.rot90(converted.to_ndarray(), frame.rotation // 90)
    return np.ascontiguousarray(pixels, dtype=np.uint8)


def luma_of(frame: VideoFrame) -> Luma:
    """The frame's brightness, turned as its pixels are; a copy of its own."""
    return np.rot90(_luma_plane(frame), frame.rotation // 90).copy()


def _luma_plane(frame: VideoFrame) -> Luma:
    plane = frame.planes[0]
    if frame.format.name not in _LUMA_FIRST or plane.line_size < frame.width:
        return np.asarray(frame.to_ndarray(format="gray"), dtype=np.uint8)
    lines: Luma = np.frombuffer(memoryview(plane), np.uint8, count=plane.line_size * frame.height)
    return lines.reshape(frame.height, plane.line_size)[:, : frame.width]
