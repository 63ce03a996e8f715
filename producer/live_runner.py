"""One live camera: a thread that always reads the newest picture, and one that publishes at the target rate."""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import redis

from producer.camera_lease import CameraLease
from producer.capture_board import CaptureBoard
from producer.encoding import encode
from producer.metrics import ProducerMetrics
from producer.outage import Outage
from producer.pacing import Backoff, Pacer
from producer.publisher import FramesPublisher
from producer.sources.base import Picture, SourceError, SourceLimits, SourceUnusable
from producer.sources.opening import open_live
from shared.cameras import Camera, CameraState
from shared.messages import FrameHeader
from shared.settings import ProducerSettings

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Captured:
    picture: Picture
    sequence: int
    at: datetime


class _Newest:
    """Hands pictures from the reader to the publisher; while that one is held up, the oldest go."""

    def __init__(self, max_waiting: int = 4) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[_Captured] = deque(maxlen=max_waiting)

    def put(self, captured: _Captured) -> None:
        with self._changed:
            self._waiting.append(captured)
            self._changed.notify()

    def take(self, timeout_s: float) -> _Captured | None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) > 0, timeout_s)
            return self._waiting.popleft() if self._waiting else None


class LiveRunner:
    """Reads, paces and publishes until stopped; never gives up on a camera that could come back."""

    def __init__(
        self,
        camera: Camera,
        lease: CameraLease,
        board: CaptureBoard,
        publisher: FramesPublisher,
        settings: ProducerSettings,
        metrics: ProducerMetrics,
    ) -> None:
        """Frames carry the lease's token as their epoch."""
        self._camera = camera
        self._lease = lease
        self._board = board
        self._publisher = publisher
        self._settings = settings
        self._metrics = metrics
        self._stop = threading.Event()
        self._newest = _Newest()
        self._outage = Outage(f"frames server of camera {camera.id}")
        self._backoff = Backoff(first_s=0.5, max_s=settings.max_backoff_s)
        self._last_complaint = ""
        self._next_sequence = 0
        # Daemons: a read may hang in a driver, and must not keep the process.
        self._reader = threading.Thread(target=self._read, name=f"read-{camera.id}", daemon=True)
        self._publishing = threading.Thread(target=self._publish, name=f"publish-{camera.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._reader.start()
        self._publishing.start()

    def stop(self) -> None:
        """Publish nothing more from now on."""
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        """Wait for what is being published; the reader may hang in its camera and is left to itself."""
        self._publishing.join(timeout_s)

    def _read(self) -> None:
        while not self._stop.is_set():
            self._board.set_state(CameraState.CONNECTING)
            try:
                self._read_once()
            except SourceUnusable as error:
                self._board.set_state(CameraState.FAILED, str(error))
                return
            except SourceError as error:
                self._back_off(str(error))
            except Exception as error:  # noqa: BLE001 - logged whole
                # A driver's surprise must neither end this camera for good nor touch another one.
                _log.exception("camera %s", self._camera.id)
                self._back_off(f"unexpected: {error!r}")

    def _read_once(self) -> None:
        limits = SourceLimits(self._settings.open_timeout_s, self._settings.read_timeout_s)
        pacer = Pacer(self._camera.fps or self._settings.default_fps)
        with closing(open_live(self._camera, limits)) as source:
            for picture in self._captured(source.pictures()):
                now = time.monotonic()
                if self._stop.is_set():
                    return
                if pacer.is_due(now):
                    self._take(picture, now)

    def _captured(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        while True:
            with self._metrics.stage("capture"):
                picture = next(pictures, None)
            if picture is None:
                return
            self._backoff.reset()
            self._last_complaint = ""
            yield picture

    def _take(self, picture: Picture, now: float) -> None:
        at = datetime.now(UTC)
        self._newest.put(_Captured(picture, self._next_sequence, at))
        self._board.count(self._next_sequence, at, now)
        self._next_sequence += 1

    def _back_off(self, message: str) -> None:
        wait_s = self._backoff.next_s()
        if message != self._last_complaint:
            _log.warning("camera %s: %s; trying again until it answers", self._camera.id, message)
            self._last_complaint = message
        self._board.set_state(CameraState.BACKING_OFF, message)
        self._stop.wait(wait_s)

    def _publish(self) -> None:
        while not self._stop.is_set():
            captured = self._newest.take(timeout_s=0.2)
            try:
                if captured is not None:
                    self._publish_one(captured)
            except Exception:  # noqa: BLE001 - logged whole
                # One picture that cannot be converted is lost and counted as such; the next may be sound.
                _log.exception("camera %s: frame %d", self._camera.id, captured.sequence if captured else -1)

    def _publish_one(self, captured: _Captured) -> None:
        """Publish a frame or lose it: its number is used up, so that the gap is seen and counted."""
        with self._metrics.stage("encode"):
            encoded = encode(captured.picture, self._settings.jpeg_quality)
        header = FrameHeader(
            camera=self._camera.id,
            epoch=self._lease.token,
            sequence=captured.sequence,
            captured_at=captured.at,
            width=encoded.width,
            height=encoded.height,
            on_overload="drop_oldest",
        )
        if self._stop.is_set() or not self._lease.is_valid(time.monotonic()):
            return
        try:
            with self._metrics.stage("publish"):
                self._publisher.publish(header, encoded.jpeg)
        except redis.RedisError as error:
            self._outage.begin(error)
        else:
            self._outage.end()
