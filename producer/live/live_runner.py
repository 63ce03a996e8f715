"""One live camera at work: a thread that always reads the newest picture, and one that sends at the target rate."""

import threading

from producer.equipment import Equipment
from producer.live.camera_reader import CameraReader
from producer.live.frame_sender import FrameSender
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from shared.cameras import Camera


class LiveRunner:
    """Reads, paces and publishes until stopped; never gives up on a camera that could come back."""

    def __init__(self, camera: Camera, lease: CameraLease, board: CaptureBoard, equipment: Equipment) -> None:
        """Frames carry the lease's token as their epoch."""
        self._reader = CameraReader(camera, board, equipment, self._begin_to_send)
        self._sender = FrameSender(camera, lease, self._reader, board, equipment)
        # Daemons: a read may hang in a driver, and must not keep the process.
        self._reading = threading.Thread(target=self._reader.read, name=f"read-{camera.id}", daemon=True)
        self._sending = threading.Thread(target=self._sender.send, name=f"send-{camera.id}", daemon=True)

    def start(self) -> None:
        """Begin to read; a camera that never answers costs no second thread and no connection to a server."""
        self._reading.start()

    def change(self, camera: Camera) -> None:
        """Go on with another rate, gate or zones, without a new connection."""
        self._reader.change(camera)
        self._sender.change(camera)

    def stop(self) -> None:
        """Publish nothing more from now on."""
        self._reader.hang_up()

    def join(self, timeout_s: float) -> None:
        """Wait for what is being published; the reader may hang in its camera and is left to itself."""
        if self._sending.ident is not None:
            self._sending.join(timeout_s)

    def _begin_to_send(self) -> None:
        if self._sending.ident is None:
            self._sending.start()
