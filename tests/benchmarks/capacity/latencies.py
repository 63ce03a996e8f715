"""How long pictures take to their results: from the instant just before a camera sent one to its result's entry.

Results of a few cameras are read once a second, since a benchmark that is busy itself would measure itself.
"""

import bisect
import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, cast

import numpy as np
import redis

from producer.pictures.encoding import encode
from producer.sources.base import Picture, SourceLimits
from producer.sources.opening import open_live
from shared.cameras import Camera
from shared.messages import FrameOutcome
from shared.streams import RESULT, KeySpace
from tests.benchmarks.camera_feeds import Feed, number_in
from tests.benchmarks.high_definition_cameras import Cameras, serving
from tests.producer.builders import decoded

_ID_STEP_S = 0.001  # ids of entries are whole milliseconds
_PROBED = 18  # pictures
_WAITED = 12  # of these the first, some of which waited while the stream was looked into


class Judged(NamedTuple):
    """A picture that was judged: when it was captured and when its result was there, in Unix seconds."""

    captured_at: float
    result_at: float


@dataclass(frozen=True)
class Percentiles:
    """Milliseconds."""

    pictures: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    longest_ms: float


def percentiles(seconds: Sequence[float]) -> Percentiles | None:
    """Of some durations; ``None`` of none."""
    if not seconds:
        return None
    figures = np.quantile(np.array(seconds) * 1000, (0.5, 0.95, 0.99, 1.0))
    return Percentiles(len(seconds), *(round(float(each), 1) for each in figures))


class ResultReader:
    """Reads the results that come in for some cameras from ``since`` on, in Unix seconds."""

    def __init__(self, frames: redis.Redis, keys: KeySpace, cameras: Sequence[str], since: float) -> None:
        self.judged: dict[str, list[Judged]] = {camera: [] for camera in cameras}
        self._frames = frames
        self._cameras = {keys.results(camera): camera for camera in cameras}
        self._read_to: dict[Any, Any] = dict.fromkeys(self._cameras, f"{since * 1000:.0f}-0")

    def read(self) -> None:
        """Take what came in since the last time."""
        answer = cast("dict[bytes, list[list[Any]]]", self._frames.xread(self._read_to, count=1000) or {})
        for key, (entries,) in answer.items():
            self._read_to[key.decode()] = entries[-1][0]
            for entry, fields in entries:
                self._take(self._cameras[key.decode()], entry, fields[RESULT])

    def _take(self, camera: str, entry: bytes, result_json: bytes) -> None:
        result = json.loads(result_json)
        if result["outcome"] == FrameOutcome.PROCESSED:
            captured_at = datetime.fromisoformat(result["captured_at"]).timestamp()
            result_at = int(entry.partition(b"-")[0]) / 1000 + _ID_STEP_S / 2
            self.judged[camera].append(Judged(captured_at, result_at))


def since_sent(judged: Sequence[Judged], sent: Sequence[float], pictures_late: int) -> list[float]:
    """Seconds from the sending of each picture to its result; ``sent`` are all of the camera's, rising.

    A picture that was captured is the one sent last before, or ``pictures_late`` before that.
    """
    places = (bisect.bisect_right(sent, each.captured_at + _ID_STEP_S) - 1 - pictures_late for each in judged)
    return [each.result_at - sent[place] for each, place in zip(judged, places, strict=True) if place >= 0]


def pictures_late(feed: Feed) -> int:
    """How many pictures later than it was sent one of such a camera can be had.

    With FFmpeg's parser an H.264 picture is whole when the next one begins.
    """
    with serving(Feed(feed.wire, feed.fps, loop_s=4, is_numbered=True)) as cameras:
        camera = Camera.model_validate({"id": "probe", "source": cameras.urls[0]})
        with closing(open_live(camera, camera.source, SourceLimits(), feed.fps)) as source:
            delays = [_delay(picture, cameras) for picture in islice(source.pictures(), _PROBED)]
    return int(float(np.median(delays[_WAITED:])) * feed.fps + 0.2)


def _delay(picture: Picture, cameras: Cameras) -> float:
    came_at, number = time.time(), number_in(decoded(encode(picture, 90)))
    return came_at - max(at for at, each in cameras.sent()[0] if each == number and at <= came_at)
