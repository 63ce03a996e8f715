"""Sends one live camera's newest pictures: checks them, holds unchanged ones back, encodes and publishes."""

import logging
import time

from producer.equipment import Equipment
from producer.live.accounts import FrameAccounts
from producer.live.camera_reader import CameraReader
from producer.live.mailbox import Arrival
from producer.live.picture_check import PictureCheck
from producer.live.sameness import SamePicture
from producer.motion.gate import MotionGate
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from producer.pictures.encoding import encode, size_of
from producer.pictures.reduction import reduced_luma
from producer.publishing.publisher import Fenced
from producer.sources.base import Luma
from shared.cameras import Camera, Motion, PictureFault, SourceKind, StallReason
from shared.messages import DropReason, FrameHeader

_log = logging.getLogger(__name__)

_WAIT_S = 0.5  # for a picture; a thousand cameras that give none must not keep a core busy with waiting
_TELL_S = 1.0  # what is withheld is told with the next frame, or after so long


class FrameSender:
    """The sending half of a live camera; ``send`` runs in a thread of its own until the reader is stopped."""

    def __init__(
        self,
        camera: Camera,
        lease: CameraLease,
        reader: CameraReader,
        board: CaptureBoard,
        equipment: Equipment,
    ) -> None:
        """Frames carry the lease's token as their epoch."""
        self._camera = camera
        self._reader = reader
        self._board = board
        self._accounts = FrameAccounts(camera.id, lease, equipment.publisher, board, reader.mailbox, reader.stop)
        self._settings = equipment.settings
        self._metrics = equipment.metrics
        self._load = equipment.load
        self._check = PictureCheck()
        self._same = SamePicture(equipment.settings.frozen_after_s)
        self._gate = self._make_gate()
        self._size: tuple[int, int] | None = None
        self._told_at = 0.0

    def send(self) -> None:
        """Send until stopped."""
        try:
            # Before its first frame: an owner of before may have one in its hands.
            self._accounts.claim()
            while not self._reader.stop.is_set():
                arrival = self._reader.mailbox.take(_WAIT_S)
                if arrival is not None:
                    self._handle_safely(arrival)
                self._tell_if_due(time.monotonic())
            self._accounts.close()
        except Fenced:
            return  # the supervision finds the same and says so

    def _handle_safely(self, arrival: Arrival) -> None:
        try:
            self._handle(arrival)
        except Fenced:
            raise
        except Exception:  # noqa: BLE001 - logged whole
            # Of a picture that cannot be converted so much is said; the next may be sound.
            _log.exception("camera %s: a picture", self._camera.id)
            self._accounts.end_owed(DropReason.CORRUPT)
            self._gate = self._make_gate()

    def change(self, camera: Camera) -> None:
        """Go on with another gate and other zones; from any thread."""
        self._camera = camera
        self._gate = self._make_gate()

    def _make_gate(self) -> MotionGate:
        camera, settings = self._camera, self._settings
        # Each picture of a watched folder was put there on purpose.
        usual: Motion = "off" if camera.kind is SourceKind.WATCH else settings.motion
        return MotionGate(camera.motion or usual, settings.keyframe_interval_s, camera.zones)

    def _tell_if_due(self, now: float) -> None:
        """Say what was withheld though nothing was sent behind it."""
        if now - self._told_at >= _TELL_S:
            self._settle(now)

    def _settle(self, before: float) -> bool:
        """Tell what was withheld before an instant; whether the next picture may be numbered."""
        self._told_at = time.monotonic()
        return self._accounts.settle(before, self._size or (1, 1))

    def _may_number(self, arrival: Arrival) -> bool:
        """Whether the picture gets its number now, behind all older ones; otherwise it is told later."""
        if self._settle(arrival.at):
            return True
        self._reader.mailbox.withhold(arrival.at)
        return False

    def _handle(self, arrival: Arrival) -> None:
        with self._metrics.stage("inspect"):
            luma = reduced_luma(arrival.picture)
            fault = self._check.fault_of(arrival.picture, luma, arrival.at)
        if luma is None or fault is not None:
            self._drop_corrupt(arrival, fault or PictureFault.CUT)
        elif arrival.can_freeze and self._same.hangs(luma, arrival.at):
            self._board.stall(StallReason.SAME_PICTURE, "gives one and the same picture")
            if self._same.hung_since(arrival.opened_at, arrival.at):
                self._reader.reopen("gave one and the same picture for too long")
        else:
            self._board.live(arrival.at, arrival.silence_limit_s)
            if arrival.is_due:
                self._send_or_hold(arrival, luma)

    def _drop_corrupt(self, arrival: Arrival, fault: PictureFault) -> None:
        self._board.fault(fault)
        if not arrival.is_due:
            return
        self._reader.want_another()
        if self._may_number(arrival):
            header = self._accounts.number(arrival.at, self._size or (1, 1))
            self._accounts.drop([header], DropReason.CORRUPT)

    def _send_or_hold(self, arrival: Arrival, luma: Luma) -> None:
        size = size_of(arrival.picture)
        if self._size not in {None, size}:
            self._board.fault(PictureFault.SIZE_CHANGE)
        self._size = size
        if not self._may_number(arrival):
            return
        gate, relief = self._gate, self._load.relief
        gate.keyframe_interval_s = relief.keyframe_interval_s(
            self._settings.keyframe_interval_s, self._settings.fresh_within_s
        )
        with self._metrics.stage("gate"):
            look = gate.look(luma, *size, arrival.at)
        header = self._accounts.number(arrival.at, size, look.regions, relief.halvings_of(*size))
        if look.is_wanted:
            is_published = self._send(header, arrival)
        else:
            is_published = self._accounts.drop([header], DropReason.UNCHANGED)
        if is_published:
            self._note(arrival)
        elif self._gate is gate:
            self._gate = self._make_gate()  # what it takes for sent was not: begin with a keyframe

    def _note(self, arrival: Arrival) -> None:
        if arrival.picture.position:
            # With the folder: the camera may be given another one.
            self._board.advance(f"{self._camera.source} {arrival.picture.position}")
        else:
            self._load.note_delay(time.monotonic() - arrival.due_at)

    def _send(self, header: FrameHeader, arrival: Arrival) -> bool:
        with self._metrics.stage("encode"):
            jpeg = encode(arrival.picture, self._settings.jpeg_quality)
        with self._metrics.stage("publish"):
            is_published = self._accounts.publish(header, jpeg)
        if is_published:
            self._metrics.capture_delay.observe(time.monotonic() - arrival.at)
        return is_published
