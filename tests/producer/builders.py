"""Clips, pictures and cameras for the producer's tests. Each drawn picture shows its number as bright squares."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import redis

from producer.__main__ import Producer
from shared.cameras import Camera, CaptureStatus
from shared.connections import Servers
from shared.messages import FrameHeader, FrameResult
from shared.settings import ProducerSettings
from shared.streams import CAMERAS, HEADER, JPEG, RESULT, CheckpointField, KeySpace

Pixels = npt.NDArray[np.uint8]

KEYS = KeySpace()
BITS = 10
SQUARE = 16
WIDTH, HEIGHT = BITS * SQUARE, 64


def numbered_picture(number: int) -> Pixels:
    """160 x 64 BGR pixels that show the number in binary."""
    picture = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            picture[:SQUARE, bit * SQUARE : (bit + 1) * SQUARE] = 220
    return picture


def shown_number(picture: Pixels) -> int:
    """The number that a picture shows."""
    row = picture[SQUARE // 2, SQUARE // 2 :: SQUARE, 1]
    return sum(1 << bit for bit in range(BITS) if row[bit] > 128)


def decoded(jpeg: bytes) -> Pixels:
    """The pixels of JPEG bytes."""
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, dtype=np.uint8)


def numbered_jpeg(number: int) -> bytes:
    """A numbered picture as JPEG bytes."""
    return bytes(cv2.imencode(".jpg", numbered_picture(number))[1].tobytes())


def a_clip(path: Path, frames: int, fps: int = 25) -> Path:
    """A video file of numbered pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered_picture(number), format="bgr24")))
        container.mux(stream.encode())
    return path


def a_camera(camera_id: str = "gate", **values: object) -> Camera:
    """A camera as the operator declares it."""
    return Camera.model_validate({"id": camera_id, "source": "demo:bare"} | values)


def attach(servers: Servers, camera: Camera) -> None:
    """Put a camera on the list that producers follow."""
    servers.state.hset(CAMERAS, camera.id, camera.model_dump_json())


def status_of(servers: Servers, camera: str = "gate") -> CaptureStatus | None:
    """What the producer last said of a camera."""
    stored = servers.state.get(KEYS.capture(camera))
    return CaptureStatus.model_validate_json(stored) if stored else None


def state_of(servers: Servers, camera: str = "gate") -> str:
    """The state of a camera, empty before the producer said one."""
    status = status_of(servers, camera)
    return status.state if status else ""


def frames_of(servers: Servers, camera: str = "gate") -> list[tuple[FrameHeader, bytes]]:
    """What stands in a camera's frames stream, oldest first."""
    entries = servers.frames.xrange(KEYS.frames(camera))
    fields = [entry[1] for entry in entries or [] if entry[1] is not None]
    return [(FrameHeader.model_validate_json(each[HEADER]), bytes(each[JPEG])) for each in fields]  # type: ignore[arg-type]


def sequences_of(servers: Servers, camera: str = "gate") -> list[int]:
    """The sequence numbers in a camera's frames stream, oldest first."""
    return [header.sequence for header, _ in frames_of(servers, camera)]


def results_of(servers: Servers, camera: str = "gate") -> list[FrameResult]:
    """What stands in a camera's results stream: frames that the producer itself ended."""
    entries: Any = servers.frames.xrange(KEYS.results(camera))
    return [FrameResult.model_validate_json(fields[RESULT]) for _, fields in entries]


def assert_each_number_ended_once(servers: Servers, camera: str = "gate") -> None:
    """Of a camera in its first epoch, each number is a frame or a result, and no number is left out."""
    numbers = sorted([*sequences_of(servers, camera), *(each.sequence for each in results_of(servers, camera))])
    assert numbers == list(range(len(numbers)))


def judge(servers: Servers, next_sequence: int, epoch: int = 0, camera: str = "gate") -> None:
    """Be the events stage: all frames below ``next_sequence`` are judged."""
    checkpoint = KEYS.checkpoint(camera)
    servers.state.hset(checkpoint, items=[CheckpointField.EPOCH, epoch, CheckpointField.NEXT_SEQUENCE, next_sequence])


@contextmanager
def refusing_writes(server: redis.Redis) -> Iterator[None]:
    """The server has no memory left, for the length of a block."""
    server.config_set("maxmemory", 1)
    try:
        yield
    finally:
        server.config_set("maxmemory", 0)


@contextmanager
def running_producer(redis_url: str, **settings: object) -> Iterator[Producer]:
    """A whole producer in a thread of this process, stopped as by SIGTERM."""
    producer = Producer(
        ProducerSettings.model_validate({"frames_redis": redis_url, "state_redis": redis_url} | settings)
    )
    stop = Event()
    thread = Thread(target=producer.run, args=(stop,))
    thread.start()
    try:
        yield producer
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
