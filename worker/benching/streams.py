"""Cases of the frames server: to read frames, to write how they ended."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import redis

from shared.messages import FrameHeader
from shared.streams import FACE_PREFIX, HEADER, JPEG, RESULT, WORKER_GROUP, KeySpace
from worker.benching.cases import Case
from worker.benching.clocks import with_server
from worker.benching.scenes import Scene
from worker.cropping import face_jpeg
from worker.decoding import parse_header
from worker.endings import Endings
from worker.entries import DecodedFrame, Ending, Entry, Frame
from worker.group import FrameGroup
from worker.publisher import Publisher

KEYS = KeySpace()
BATCHES = (1, 8)
USUAL_BATCH = 8  # frames of one read and of one publication that the mix of a frame is reckoned with
MAX_RESULTS = 2_048
_OURS, _BARE = "bench-ours", "bench-bare"
_CONSUMER = "bench"


def header_of(scene: Scene, camera: str, sequence: int) -> FrameHeader:
    """The header of one of the scene's pictures, as of a live camera."""
    width, height = scene.size
    at = datetime.now(UTC)
    return FrameHeader(camera=camera, epoch=1, sequence=sequence, captured_at=at, width=width, height=height)


class Stream:
    """Cameras' streams with a group of readers, filled before each call with what it reads or acks."""

    def __init__(self, frames: redis.Redis, scene: Scene, cameras: Sequence[str]) -> None:
        """Join the group of these cameras."""
        self.cameras = cameras
        self.group = FrameGroup(frames, KEYS, _CONSUMER)
        self._frames = frames
        self._scene = scene
        self._sequence = 0
        self.group.join(cameras)

    def clear(self) -> None:
        """Remove what was read; the groups stay."""
        for camera in self.cameras:
            self._frames.xtrim(KEYS.frames(camera), maxlen=0, approximate=False)

    def fill(self, count: int) -> None:
        """Add so many frames, in turn to each camera's stream."""
        for index in range(count):
            camera = self.cameras[index % len(self.cameras)]
            header = header_of(self._scene, camera, self._sequence)
            self._sequence += 1
            jpeg = self._scene.jpegs[index % len(self._scene.jpegs)]
            self._frames.xadd(KEYS.frames(camera), {HEADER: header.model_dump_json(), JPEG: jpeg})

    def taken(self, count: int) -> list[Entry]:
        """So many new entries, delivered and not acked."""
        self.clear()
        self.fill(count)
        return self.group.read(count, 0)


def reading(scene: Scene, frames: redis.Redis) -> Iterator[Case]:
    """New frames of one camera or of several, read through the group."""
    for cameras in (1, USUAL_BATCH):
        ours = Stream(frames, scene, [f"{_OURS}-{cameras}-{number}" for number in range(cameras)])
        bare = Stream(frames, scene, [f"{_BARE}-{cameras}-{number}" for number in range(cameras)])
        streams: dict[Any, Any] = {KEYS.frames(camera): ">" for camera in bare.cameras}
        yield Case(
            stage="read",
            variant=f"{USUAL_BATCH} frames of {cameras} camera{'s' if cameras > 1 else ''}",
            item="frame",
            bare_call="XREADGROUP",
            bare=_reading_bare(frames, streams, USUAL_BATCH // cameras),
            ours=_reading(ours),
            items=USUAL_BATCH,
            a_frame=float(cameras > 1),
            clock=with_server(frames),
            prepare=_refilling(ours, bare),
        )


def _reading(stream: Stream) -> Callable[[int], object]:
    return lambda _: stream.group.read(USUAL_BATCH, 0)


def _reading_bare(frames: redis.Redis, streams: dict[Any, Any], count: int) -> Callable[[int], object]:
    return lambda _: frames.xreadgroup(WORKER_GROUP, _CONSUMER, streams, count=count)


def _refilling(*streams: Stream) -> Callable[[], object]:
    def refill() -> None:
        for stream in streams:
            stream.clear()
            stream.fill(USUAL_BATCH)

    return refill


def publishing_results(scene: Scene, frames: redis.Redis) -> Iterator[Case]:
    """Results of judged frames with their acks, in one transaction."""
    publisher = Publisher(frames, KEYS, MAX_RESULTS, 100)
    for size in BATCHES:
        stream = Stream(frames, scene, [f"{_OURS}-results"])
        endings = _endings(scene, stream.taken(size))
        yield Case(
            stage="publish",
            variant=f"{size} result{'s' if size > 1 else ''} and ack{'s' if size > 1 else ''}",
            item="frame",
            bare_call="MULTI, XADD + XACK each, EXEC",
            bare=_publishing_bare(frames, endings),
            ours=_publishing(publisher, endings),
            items=size,
            a_frame=float(size == USUAL_BATCH),
            clock=with_server(frames),
        )


def _endings(scene: Scene, entries: Sequence[Entry]) -> list[Ending]:
    makes = Endings("bench", "maskwatch", 1)
    endings = []
    for index, entry in enumerate(entries):
        number = index % len(scene.judged)
        frame = DecodedFrame(Frame(entry, parse_header(entry.fields, entry.camera)), scene.pictures[number], 0.002)
        judged = scene.judged[number]
        faces = [face_jpeg(frame.picture, each.box) for each in judged.detections]
        endings.append(makes.processed(frame, judged, dict(enumerate(faces))))
    return endings


def _publishing(publisher: Publisher, endings: Sequence[Ending]) -> Callable[[int], object]:
    return lambda _: publisher.publish(endings)


def _publishing_bare(frames: redis.Redis, endings: Sequence[Ending]) -> Callable[[int], object]:
    fields: list[dict[Any, Any]] = [
        {RESULT: each.result.model_dump_json() if each.result else "", **_faces(each)} for each in endings
    ]
    results, stream = KEYS.results(_BARE), KEYS.frames(endings[0].entry.camera)

    def publish(_: int) -> object:
        with frames.pipeline(transaction=True) as transaction:
            for ending, each in zip(endings, fields, strict=True):
                transaction.xadd(results, each, maxlen=MAX_RESULTS, approximate=True)
                transaction.xack(stream, WORKER_GROUP, ending.entry.id)
            return transaction.execute()

    return publish


def _faces(ending: Ending) -> dict[Any, Any]:
    return {FACE_PREFIX + str(index).encode(): jpeg for index, jpeg in ending.faces.items()}
