"""Frames for real worker processes, as fast as these take them: prepared pictures in, results out.

Each camera's stream holds so many unjudged frames and gets another one for each result, so workers never wait and
nothing is dropped. Cameras are lossless ones to the workers, since frames must not grow stale meanwhile.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import cv2
import redis

from producer.motion.gate import MotionGate
from producer.pictures.reduction import reduced_luma
from producer.sources.base import Picture, Pixels
from shared import heartbeats
from shared.connections import connect
from shared.messages import FrameHeader, FrameResult
from shared.streams import CAMERAS, HEADER, JPEG, RESULT, KeySpace
from tests.benchmarks.camera_feeds import Feed, pictures_of
from tests.waiting import eventually

KEYS = KeySpace()
UNJUDGED = 16  # frames of each camera: two batches
_QUALITY = 80
_BLOCK_MS = 200
_WORKERS_START_S = 60.0


@dataclass(frozen=True)
class Frame:
    """A prepared frame: what its header says beside its number, and its JPEG."""

    header: FrameHeader
    jpeg: bytes


@dataclass(frozen=True)
class Taken:
    """A result: the server's milliseconds at which its batch was published, and the bytes that were written."""

    camera: str
    published_ms: int
    fields: Mapping[bytes, bytes]

    def result(self) -> FrameResult:
        """What it says."""
        return FrameResult.model_validate_json(self.fields[RESULT])


def encoded(picture: Pixels) -> bytes:
    """As JPEG of a usual camera's quality."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def a_frame(jpeg: bytes, size: tuple[int, int]) -> Frame:
    """A keyframe of ``size``, width and height."""
    header = FrameHeader(
        camera="none", epoch=1, sequence=0, captured_at=datetime.now(UTC), width=size[0], height=size[1],
        on_overload="wait",
    )  # fmt: skip
    return Frame(header, jpeg)


def frames_of(feed: Feed, *, is_gated: bool = True) -> list[Frame]:
    """One round of a camera's frames; with the regions of the motion gate, and without those that it holds back."""
    gate = MotionGate("medium" if is_gated else "off", keyframe_interval_s=1.5)
    frames = []
    for number, picture in enumerate(pictures_of(feed)):
        jpeg = encoded(picture)
        luma = reduced_luma(Picture(jpeg))
        assert luma is not None
        look = gate.look(luma, *feed.size, number / feed.fps)
        if look.is_wanted:
            frame = a_frame(jpeg, feed.size)
            frames.append(Frame(frame.header.model_copy(update={"regions": look.regions}), jpeg))
    return frames


class FullSpeed:
    """Keeps the streams of some cameras full."""

    def __init__(self, redis_url: str, frames: Mapping[str, Sequence[Frame]], unjudged: int = UNJUDGED) -> None:
        """Declare the cameras, each with the frames that it shows over and over."""
        self.state = self._redis = connect(redis_url)
        self._frames = {camera: itertools.cycle(each) for camera, each in frames.items()}
        self._sequences = dict.fromkeys(frames, 0)
        self._read_to: dict[str, str | bytes] = {KEYS.results(camera): "0-0" for camera in frames}
        self._unjudged = unjudged
        self.state.hset(CAMERAS, mapping=dict.fromkeys(frames, "{}"))

    def begin(self) -> None:
        """Fill the streams."""
        self._put(dict.fromkeys(self._frames, self._unjudged))

    def take(self) -> list[Taken]:
        """What was judged meanwhile, each replaced by a new frame; waits for a fifth of a second at most."""
        answer = self._redis.xread(dict(self._read_to), count=64, block=_BLOCK_MS)  # type: ignore[arg-type]
        by_stream = cast("dict[bytes, list[list[tuple[bytes, dict[bytes, bytes]]]]]", answer or {})
        taken: list[Taken] = []
        for stream, (entries,) in by_stream.items():
            self._read_to[stream.decode()] = entries[-1][0]
            camera = stream.decode().rpartition(":")[2]
            taken += [Taken(camera, int(name.partition(b"-")[0]), fields) for name, fields in entries]
        wanted: dict[str, int] = {}
        for each in taken:
            wanted[each.camera] = wanted.get(each.camera, 0) + 1
        self._put(wanted)
        return taken

    def _put(self, wanted: Mapping[str, int]) -> None:
        with self._redis.pipeline(transaction=False) as pipeline:
            for camera, count in wanted.items():
                for _ in range(count):
                    self._add(pipeline, camera)
            pipeline.execute()

    def _add(self, pipeline: redis.client.Pipeline, camera: str) -> None:
        frame = next(self._frames[camera])
        self._sequences[camera] += 1
        numbered = {"camera": camera, "sequence": self._sequences[camera], "captured_at": datetime.now(UTC)}
        header = frame.header.model_copy(update=numbered).model_dump_json()
        # Twice what is unjudged: nothing that a worker has yet to take goes.
        most = 2 * self._unjudged
        pipeline.xadd(KEYS.frames(camera), {HEADER: header, JPEG: frame.jpeg}, maxlen=most, approximate=False)


@contextmanager
def running_workers(
    redis_url: str, count: int, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """So many real workers, all of which have spoken; their logs are in ``folder``."""
    variables = {"FRAMES_REDIS": redis_url, "STATE_REDIS": redis_url, **(settings or {})}
    environment = os.environ | {f"MASKWATCH_{name}": value for name, value in variables.items()}
    processes = []
    try:
        for number in range(count):
            with (folder / f"worker-{number}.log").open("wb") as log:
                command = [sys.executable, "-m", "worker"]
                processes.append(subprocess.Popen(command, env=environment, stderr=log))
        eventually(lambda: _have_spoken(redis_url, processes), _WORKERS_START_S, 0.1)
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(30)


def _have_spoken(redis_url: str, processes: Sequence["subprocess.Popen[bytes]"]) -> bool:
    if any(process.poll() is not None for process in processes):
        raise RuntimeError("a worker has ended; its log says why")
    state = connect(redis_url)
    spoken = {each.pid for each in heartbeats.read(state) if each.role == "worker"}
    state.close()
    return spoken >= {process.pid for process in processes}
