"""Cases of the producer: to look for movement, to publish a frame."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

import cv2
import numpy as np
import redis

from producer.motion.gate import MotionGate
from producer.pictures.reduction import reduced_luma
from producer.publishing.publisher import FramesPublisher
from producer.sources.base import Luma, Picture
from shared.settings import ProducerSettings, load
from shared.streams import HEADER, JPEG, WORKER_GROUP
from worker.benching.cases import Case
from worker.benching.clocks import with_server
from worker.benching.scenes import Scene
from worker.benching.streams import KEYS, MAX_RESULTS, header_of
from worker.group import FrameGroup

_FPS = 5.0
_CAMERA = "bench-captured"
_TOKEN = 1


def gating(scene: Scene) -> Iterator[Case]:
    """A JPEG reduced and compared, of a scene in which something moves and of one that stands still."""
    pictures = [Picture(jpeg=jpeg) for jpeg in scene.jpegs]
    buffers = [np.frombuffer(jpeg, np.uint8) for jpeg in scene.jpegs]
    for variant, shown in (("moving", len(pictures)), ("still", 1)):
        yield Case(
            stage="gate",
            variant=variant,
            item="picture",
            bare_call="cv2.imdecode reduced, absdiff",
            bare=_Difference(buffers[:shown]),
            ours=_Gated(pictures[:shown], scene.size),
            a_frame=float(shown > 1 or len(pictures) == 1),
        )


class _Gated:
    def __init__(self, pictures: list[Picture], size: tuple[int, int]) -> None:
        self._pictures = pictures
        self._size = size
        settings = load(ProducerSettings)
        self._gate = MotionGate("medium", settings.keyframe_interval_s)
        self._numbers = count()

    def __call__(self, _: int) -> object:
        number = next(self._numbers)
        luma = reduced_luma(self._pictures[number % len(self._pictures)])
        return None if luma is None else self._gate.look(luma, *self._size, number / _FPS)


class _Difference:
    def __init__(self, buffers: list[Luma]) -> None:
        self._buffers = buffers
        self._last = self._read(0)

    def __call__(self, number: int) -> object:
        seen, last = self._read(number), self._last
        self._last = seen
        return cv2.absdiff(seen, last)

    def _read(self, number: int) -> Luma:
        buffer = self._buffers[number % len(self._buffers)]
        return np.asarray(cv2.imdecode(buffer, cv2.IMREAD_REDUCED_GRAYSCALE_4), np.uint8)


def publishing_frames(scene: Scene, frames: redis.Redis) -> Iterator[Case]:
    """A frame of a live camera into its full stream, whose frames are judged."""
    settings = load(ProducerSettings)
    most = settings.max_frames_per_camera
    publisher = FramesPublisher(frames, KEYS, most, settings.max_frames_in_flight, MAX_RESULTS)
    header, jpeg = header_of(scene, _CAMERA, 0), scene.jpegs[0]
    fields: dict[Any, Any] = {HEADER: header.model_dump_json(), JPEG: jpeg}
    bare_stream = KEYS.frames(f"{_CAMERA}-bare")
    group = FrameGroup(frames, KEYS, "bench")
    group.join([_CAMERA])
    for _ in range(most):
        publisher.publish(header, jpeg, _TOKEN)
        frames.xadd(bare_stream, fields)
    yield Case(
        stage="publish",
        variant="frame",
        item="frame",
        bare_call="XADD MAXLEN",
        bare=lambda _: frames.xadd(bare_stream, fields, maxlen=most, approximate=True),
        ours=lambda _: publisher.publish(header, jpeg, _TOKEN),
        a_frame=1,
        clock=with_server(frames),
        prepare=partial(_judge, frames, group),
    )


def _judge(frames: redis.Redis, group: FrameGroup) -> None:
    """Take and ack all frames, as workers that keep up do."""
    entries = group.read(1_000, 0)
    if entries:
        frames.xack(KEYS.frames(_CAMERA), WORKER_GROUP, *(each.id for each in entries))
