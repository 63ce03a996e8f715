"""One pass over a file or folder: every frame once, waiting for the judges, going on after any crash."""

import logging
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import redis

from producer.equipment import Equipment
from producer.lossless.flow_control import FlowControl, Rewind, Stopped
from producer.lossless.progress import PassProgress
from producer.motion.gate import Look, MotionGate
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from producer.pictures.encoding import encode, size_of
from producer.pictures.reduction import reduced_luma
from producer.publishing.outage import Outage
from producer.publishing.publisher import Fenced
from producer.sources.base import Picture, SourceUnusable
from producer.sources.opening import open_recorded
from shared.cameras import Camera, CameraState
from shared.messages import DropReason, FrameHeader

_log = logging.getLogger(__name__)


class LosslessRunner:
    """Publishes the pass that ``camera.epoch`` numbers and stays until the last frame is judged."""

    def __init__(
        self, camera: Camera, lease: CameraLease, progress: PassProgress, board: CaptureBoard, equipment: Equipment
    ) -> None:
        """The file's own timestamps count from the start of the pass, as ``progress`` tells it."""
        self._camera = camera
        self._lease = lease
        self._progress = progress
        self._board = board
        self._publisher = equipment.publisher
        self._settings = equipment.settings
        self._metrics = equipment.metrics
        self._gate = self._make_gate()
        self._stop = threading.Event()
        self._flow = FlowControl(progress, self._stop, equipment.settings.max_frames_in_flight)
        self._outage = Outage(f"frames server of camera {camera.id}")
        self._thread = threading.Thread(target=self._run, name=f"file-{camera.id}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def change(self, camera: Camera) -> None:
        """Go on with another gate or other zones."""
        self._camera = camera
        self._gate = self._make_gate()

    def stop(self) -> None:
        """Publish nothing more from now on."""
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        """Wait for what is being published."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            self._publish_all()
        except (Stopped, Fenced):
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
        self._gate = self._make_gate()  # going back to where frames were lost begins with a keyframe
        with closing(source):
            for picture in self._metrics.captured(source.pictures()):
                self._publish(picture, sequence)
                sequence += 1
        if sequence:
            self._board.end(CameraState.STOPPED, sequence)
        else:
            self._board.end(CameraState.FAILED, 0, f"{self._camera.source} holds no picture that can be decoded")

    def _publish(self, picture: Picture, sequence: int) -> None:
        look = self._look(picture)
        width, height = size_of(picture)
        header = FrameHeader(
            camera=self._camera.id,
            epoch=self._camera.epoch,
            sequence=sequence,
            captured_at=self._progress.started_at + timedelta(seconds=picture.time_s),
            width=width,
            height=height,
            on_overload="wait",
            regions=look.regions,
        )
        jpeg = self._encoded(picture) if look.is_wanted else None
        self._flow.wait_for_room(sequence)
        with self._metrics.stage("publish"):
            self._add(header, jpeg)
        now = time.monotonic()
        self._board.live(now, None)
        self._board.count(sequence, datetime.now(UTC), now)

    def _make_gate(self) -> MotionGate:
        # Of a file every frame is judged, unless the camera says otherwise.
        return MotionGate(self._camera.motion or "off", self._settings.keyframe_interval_s, self._camera.zones)

    def _look(self, picture: Picture) -> Look:
        if self._camera.motion in {None, "off"}:
            return Look(is_wanted=True, regions=None)
        luma = reduced_luma(picture)
        if luma is None:
            return Look(is_wanted=True, regions=None)  # its dead letter says what is wrong with it
        return self._gate.look(luma, *size_of(picture), picture.time_s)

    def _encoded(self, picture: Picture) -> bytes:
        with self._metrics.stage("encode"):
            return encode(picture, self._settings.jpeg_quality)

    def _add(self, header: FrameHeader, jpeg: bytes | None) -> None:
        while True:
            if self._stop.is_set():
                raise Stopped
            try:
                if jpeg is None:
                    self._publisher.drop(header, DropReason.UNCHANGED, self._lease.token)
                else:
                    self._publisher.publish(header, jpeg, self._lease.token)
            except redis.RedisError as error:
                self._outage.begin(error)
                self._stop.wait(0.5)
                continue
            if self._outage.end():
                # The server may have come back empty.
                raise self._flow.rewind()
            return
