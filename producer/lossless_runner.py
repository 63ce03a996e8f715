"""One pass over a file or folder: every frame once, waiting for the judges, going on after any crash."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import redis

from producer.capture_board import CaptureBoard
from producer.encoding import encode
from producer.flow_control import FlowControl, Rewind, Stopped
from producer.metrics import ProducerMetrics
from producer.outage import Outage
from producer.progress import PassProgress
from producer.publisher import FramesPublisher
from producer.sources.base import Picture, SourceUnusable
from producer.sources.opening import open_recorded
from shared.cameras import Camera, CameraState
from shared.messages import FrameHeader
from shared.settings import ProducerSettings

_log = logging.getLogger(__name__)


class LosslessRunner:
    """Publishes the pass that ``camera.epoch`` numbers and stays until the last frame is judged."""

    def __init__(
        self,
        camera: Camera,
        progress: PassProgress,
        board: CaptureBoard,
        publisher: FramesPublisher,
        settings: ProducerSettings,
        metrics: ProducerMetrics,
    ) -> None:
        """The file's own timestamps count from the start of the pass, as ``progress`` tells it."""
        self._camera = camera
        self._progress = progress
        self._board = board
        self._publisher = publisher
        self._settings = settings
        self._metrics = metrics
        self._stop = threading.Event()
        self._flow = FlowControl(progress, self._stop, settings.max_frames_in_flight)
        self._outage = Outage(f"frames server of camera {camera.id}")
        self._thread = threading.Thread(target=self._run, name=f"file-{camera.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Publish nothing more from now on."""
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        """Wait for what is being published."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self._publish_all()
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - logged whole
            # A decoder's surprise ends this file, not its neighbours; the status says so.
            _log.exception("camera %s", self._camera.id)
            self._board.end(CameraState.FAILED, self._board.captured, f"unexpected: {error!r}")

    def _publish_all(self) -> None:
        sequence = self._flow.ask(self._progress.resume_at)
        while True:
            try:
                self._publish_from(sequence)
                self._flow.wait_until_judged(self._board.captured)
            except Rewind as rewind:
                sequence = rewind.sequence
            else:
                return

    def _publish_from(self, sequence: int) -> None:
        try:
            source = open_recorded(self._camera, start_at=sequence)
        except SourceUnusable as error:
            _log.warning("camera %s: %s", self._camera.id, error)
            self._board.end(CameraState.FAILED, sequence, str(error))
            return
        with closing(source):
            for picture in self._captured(source.pictures()):
                self._publish(picture, sequence)
                sequence += 1
        if sequence:
            self._board.end(CameraState.STOPPED, sequence)
        else:
            self._board.end(CameraState.FAILED, 0, f"{self._camera.source} holds no picture that can be decoded")

    def _captured(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        while True:
            with self._metrics.stage("capture"):
                picture = next(pictures, None)
            if picture is None:
                return
            yield picture

    def _publish(self, picture: Picture, sequence: int) -> None:
        with self._metrics.stage("encode"):
            encoded = encode(picture, self._settings.jpeg_quality)
        header = FrameHeader(
            camera=self._camera.id,
            epoch=self._camera.epoch,
            sequence=sequence,
            captured_at=self._progress.started_at + timedelta(seconds=picture.time_s),
            width=encoded.width,
            height=encoded.height,
            on_overload="wait",
        )
        self._flow.wait_for_room(sequence)
        with self._metrics.stage("publish"):
            self._add(header, encoded.jpeg)
        self._board.count(sequence, datetime.now(UTC), time.monotonic())

    def _add(self, header: FrameHeader, jpeg: bytes) -> None:
        while True:
            if self._stop.is_set():
                raise Stopped
            try:
                self._publisher.publish(header, jpeg)
            except redis.RedisError as error:
                self._outage.begin(error)
                self._stop.wait(0.5)
                continue
            if self._outage.end():
                # The server may have come back empty.
                raise self._flow.rewind()
            return
