"""What cameras of 1280 x 720 pixels show: a clip or the demo person over and over, or a scene that holds still."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np

from producer.sources.base import Pixels
from producer.sources.demo import scene
from tests.benchmarks.still_scenes import SensorNoise
from tests.producer.builders import BITS, SQUARE, numbered_picture, shown_number

Wire = Literal["mjpeg", "rtsp"]
Content = Literal["moving", "still"]

CLIP = Path(__file__).parents[2].parent / "shared" / "data" / "videos" / "one_bare.mp4"

_NOISE_LEVELS = 2.0
_KEY_FRAMES_S = 2.0


@dataclass(frozen=True)
class Feed:
    """What a camera sends, over and over.

    Moving pictures are those of ``clip``, or the demo person's where it is ``None``; a still scene is one of
    them with a sensor's noise. Numbered ones show their number, from 0 on, as squares in the upper left corner.
    """

    wire: Wire = "mjpeg"
    fps: float = 5.0
    content: Content = "moving"
    loop_s: float = 8.0
    clip: Path | None = None
    size: tuple[int, int] = (1280, 720)
    is_numbered: bool = False
    hang_up_after: int = 0  # pictures of a connection; 0 never hangs up
    begins_s: float = 0.0  # where in the round a connection begins; at the key frame before it on H.264

    @property
    def name(self) -> str:
        """As tables show it."""
        return f"{'MJPEG' if self.wire == 'mjpeg' else 'H.264'} {self.fps:g} fps, {self.content}"

    @property
    def key_frame_every(self) -> int:
        """Every so many pictures is one that needs no other."""
        return 1 if self.wire == "mjpeg" else round(_KEY_FRAMES_S * self.fps)

    @property
    def first(self) -> int:
        """The number of the picture with which a connection begins."""
        asked = round(self.begins_s * self.fps)
        return asked - asked % self.key_frame_every


def default_clip() -> Path | None:
    """A filmed clip, where the filmed clips are."""
    return CLIP if CLIP.is_file() else None


def pictures_of(feed: Feed) -> Iterator[Pixels]:
    """The pictures of one round."""
    count = round(feed.loop_s * feed.fps)
    shown = _moving(feed, count) if feed.content == "moving" else _still(feed, count)
    for number, picture in enumerate(shown):
        if feed.is_numbered:
            _stamp(picture, number)
        yield picture


def number_in(picture: Pixels) -> int:
    """The number that a numbered picture shows, also after it went through encoders."""
    side = _square_of(picture)
    strip = cv2.resize(picture[:side, : BITS * side], (BITS * SQUARE, SQUARE), interpolation=cv2.INTER_AREA)
    return shown_number(np.asarray(strip, np.uint8))


def _moving(feed: Feed, count: int) -> Iterator[Pixels]:
    frames = _drawn(feed) if feed.clip is None else _filmed(feed.clip, feed.fps)
    for picture in itertools.islice(frames, count):
        yield np.asarray(cv2.resize(picture, feed.size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _drawn(feed: Feed) -> Iterator[Pixels]:
    return (scene.draw(False, round(number * scene.FPS / feed.fps)) for number in itertools.count())


def _filmed(clip: Path, fps: float) -> Iterator[Pixels]:
    """As many frames of each of the clip's seconds as the camera shows, the clip from its start when it ends."""
    shown, played_s = 0, 0.0
    while True:
        with av.open(str(clip)) as container:
            step_s = 1 / float(container.streams.video[0].average_rate or 25)
            for frame in container.decode(video=0):
                played_s += step_s
                while shown / fps < played_s - 1e-6:
                    shown += 1
                    yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _still(feed: Feed, count: int) -> Iterator[Pixels]:
    picture = next(_moving(feed, 1))
    noise = SensorNoise(_NOISE_LEVELS, picture.shape)
    return (noise.on(picture) for _ in range(count))


def _stamp(picture: Pixels, number: int) -> None:
    side = _square_of(picture)
    strip = cv2.resize(numbered_picture(number)[:SQUARE], (BITS * side, side), interpolation=cv2.INTER_NEAREST)
    picture[:side, : BITS * side] = strip


def _square_of(picture: Pixels) -> int:
    return int(picture.shape[1]) // 20
