"""Makes the runner that a camera's policy asks for."""

from datetime import UTC, datetime

from producer.equipment import Equipment
from producer.live.live_runner import LiveRunner
from producer.load.load_board import LoadBoard
from producer.lossless.lossless_runner import LosslessRunner
from producer.lossless.progress import PassProgress
from producer.metrics import ProducerMetrics
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from producer.publishing.publisher import FramesPublisher
from shared import camera_list
from shared.cameras import Camera, CameraState, CaptureStatus
from shared.connections import Servers
from shared.logins import CameraKey
from shared.settings import ProducerSettings
from shared.streams import KeySpace


class RunnerFactory:
    """What all cameras of a process have in common."""

    def __init__(
        self,
        servers: Servers,
        keys: KeySpace,
        settings: ProducerSettings,
        process_id: str,
        metrics: ProducerMetrics,
        key: CameraKey | None,
    ) -> None:
        """Make runners that publish to ``servers``; ``key`` opens logins. ``load`` says what gives way."""
        self.load = LoadBoard()
        self._servers = servers
        self._keys = keys
        self._process_id = process_id
        publisher = FramesPublisher(
            servers.frames,
            keys,
            settings.max_frames_per_camera,
            settings.max_frames_in_flight,
            settings.max_results_per_camera,
        )
        self._equipment = Equipment(publisher, settings, metrics, key, self.load)

    def make(self, camera: Camera, lease: CameraLease) -> tuple[CaptureBoard, LiveRunner | LosslessRunner]:
        """A runner, not yet started, and the board on which it tells how it fares."""
        return self._lossless(camera, lease) if camera.is_lossless else self._live(camera, lease)

    def _live(self, camera: Camera, lease: CameraLease) -> tuple[CaptureBoard, LiveRunner]:
        earlier = self._earlier(camera)
        is_same_folder = earlier is not None and earlier.position.startswith(f"{camera.source} ")
        position = earlier.position if earlier is not None and is_same_folder else ""
        board = CaptureBoard(self._connecting(camera, lease.token).model_copy(update={"position": position}))
        return board, LiveRunner(camera, lease, board, self._equipment)

    def _lossless(self, camera: Camera, lease: CameraLease) -> tuple[CaptureBoard, LosslessRunner]:
        started_at, captured = self._earlier_in_this_pass(camera)
        status = self._connecting(camera, camera.epoch)
        board = CaptureBoard(status.model_copy(update={"started_at": started_at, "captured": captured}))
        progress = PassProgress(self._servers, self._keys, camera, started_at)
        return board, LosslessRunner(camera, lease, progress, board, self._equipment)

    def _connecting(self, camera: Camera, epoch: int) -> CaptureStatus:
        return CaptureStatus(camera=camera.id, state=CameraState.CONNECTING, epoch=epoch, producer=self._process_id)

    def _earlier_in_this_pass(self, camera: Camera) -> tuple[datetime, int]:
        """When this pass began and how many frames it had, if another process began it."""
        earlier = self._earlier(camera)
        if earlier is None or earlier.epoch != camera.epoch or earlier.started_at is None:
            return datetime.now(UTC), 0
        return earlier.started_at, earlier.captured

    def _earlier(self, camera: Camera) -> CaptureStatus | None:
        return camera_list.captured(self._servers.state.get(self._keys.capture(camera.id)))
