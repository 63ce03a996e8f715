"""What cameras send, encoded before the first of it is sent."""

import itertools
import re
from collections.abc import Iterable
from fractions import Fraction

import av
import cv2

from producer.sources.base import Pixels
from tests.benchmarks.camera_feeds import Feed, pictures_of
from tests.benchmarks.camera_wires import MjpegRound, RtspRound, packets
from tests.producer.servers import a_part

_JPEG_QUALITY = 80


def encoded(feed: Feed) -> MjpegRound | RtspRound:
    """One round of a camera's pictures."""
    pictures = pictures_of(feed)
    if feed.wire == "mjpeg":
        return MjpegRound([a_part(jpeg) for jpeg in _jpegs(pictures)])
    return RtspRound([packets(unit) for unit in _access_units(pictures, feed)], feed.fps)


def _jpegs(pictures: Iterable[Pixels]) -> list[bytes]:
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    return [cv2.imencode(".jpg", each, quality)[1].tobytes() for each in pictures]


def _access_units(pictures: Iterable[Pixels], feed: Feed) -> list[list[bytes]]:
    """The NAL units of each picture; sizes and rates are those of common cameras: 0.7 Mbit/s at 5 fps, 2 at 25."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = *feed.size, "yuv420p"
    context.framerate = Fraction(feed.fps)
    context.gop_size = feed.key_frame_every
    context.bit_rate = round(400_000 + 64_000 * feed.fps)
    context.options = {
        "preset": "veryfast",
        "tune": "zerolatency",
        "x264-params": "scenecut=0:sliced-threads=0:repeat-headers=1",
    }
    frames = (av.VideoFrame.from_ndarray(each, format="bgr24") for each in pictures)
    units = [bytes(packet) for frame in itertools.chain(frames, [None]) for packet in context.encode(frame)]
    return [[nal for nal in re.split(rb"\x00\x00\x00?\x01", unit) if nal] for unit in units]
