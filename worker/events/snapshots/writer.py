"""Carries out what commits ask for, in a thread of its own: a slow or broken store is no matter of counting."""

import logging
import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import redis

from shared.connections import Servers
from shared.jpegs import NoJpeg, stated_size
from shared.messages import SnapshotRequest
from shared.settings import EventsSettings
from shared.snapshot_store import Kind, SnapshotStore, StoreUnreachable
from shared.streams import KeySpace
from worker.events.metrics import EventsMetrics, Pictured
from worker.events.snapshots.blurring import in_crop, without_other_faces
from worker.events.snapshots.outbox import Outbox, Waiting
from worker.events.snapshots.retention import prune

log = logging.getLogger(__name__)

_POLL_S = 0.3  # a fast camera's frames leave their stream after two seconds
_MAX_BACKOFF_S = 30.0
_PRUNE_S = 600.0


class SnapshotWriter:
    """The pictures of the cameras that a process owns; ``cameras`` tells which these are now."""

    def __init__(
        self,
        servers: Servers,
        settings: EventsSettings,
        store: SnapshotStore,
        metrics: EventsMetrics,
        cameras: Callable[[], Collection[str]],
    ) -> None:
        """``servers`` are the thread's alone. Nothing is written before ``start``."""
        self._store = store
        self._settings = settings
        self._metrics = metrics
        self._cameras = cameras
        self._servers = servers
        self._outbox = Outbox(servers.frames, servers.state, KeySpace(settings.shards))
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)
        self._backoff_s = 0.0
        self._prune_at = 0.0  # monotonic

    def start(self) -> None:
        """Carry out requests from now on."""
        self._thread.start()

    def close(self, timeout_s: float = 3.0) -> None:
        """Stop; what is left is the next owner's to carry out."""
        self._stopped.set()
        self._thread.join(timeout_s)
        if not self._thread.is_alive():
            self._servers.close()

    def _run(self) -> None:
        while not self._stopped.wait(self._backoff_s or _POLL_S):
            try:
                self.write_all()
                self._tidy()
                self._backoff_s = 0.0
            except StoreUnreachable as error:
                if not self._backoff_s:
                    log.warning("pictures of violations wait, counting goes on: %s", error)
                self._back_off()
            except redis.RedisError:  # the loop says that a server is away
                self._back_off()

    def _back_off(self) -> None:
        self._backoff_s = min(_MAX_BACKOFF_S, max(1.0, 2 * self._backoff_s))

    def write_all(self) -> None:
        """Carry out what waits now.

        Raises:
            StoreUnreachable: what is left waits.
            redis.RedisError: a server is away.
        """
        for camera in self._outbox.asked(self._cameras()):
            for _ in range(self._outbox.overflow(camera)):
                self._metrics.picture(Pictured.FAILED)
            for waiting in self._outbox.waiting(camera):
                if self._stopped.is_set():
                    return
                self._metrics.picture(self._carry_out(waiting))
                self._outbox.done(waiting)

    def _carry_out(self, waiting: Waiting) -> Pictured:
        request = waiting.request
        if not self._outbox.is_on_record(request):
            return Pictured.ERASED
        try:
            written = self._write(request, self._face(waiting), self._frame(request))
        except ValueError as error:  # no picture or id that a worker of ours sends
            log.warning("violation %r: its picture cannot be kept: %s", request.violation, error)
            return Pictured.FAILED
        if not self._outbox.is_on_record(request):  # erased while it was written
            self._store.erase_of(request.camera, request.opened_at, request.violation)
            return Pictured.ERASED
        return written

    def _write(self, request: SnapshotRequest, face: bytes, frame: bytes | None) -> Pictured:
        place = (request.camera, request.opened_at, request.violation)
        self._store.write(*place, Kind.FACE, face)
        if frame is None:
            return Pictured.WITHOUT_FRAME
        self._store.write(*place, Kind.FRAME, frame)
        return Pictured.WRITTEN

    def _face(self, waiting: Waiting) -> bytes:
        side_px, _ = stated_size(waiting.face)
        if self._settings.snapshot_blur == "none":
            return waiting.face
        face, others = waiting.request.box, waiting.request.others
        (own,) = in_crop([face], face, side_px)
        return without_other_faces(waiting.face, own, in_crop(others, face, side_px))

    def _frame(self, request: SnapshotRequest) -> bytes | None:
        """The whole picture; ``None`` where it is gone, or is not the one that was judged."""
        jpeg = self._outbox.frame(request)
        try:
            if jpeg is None or stated_size(jpeg) != (request.width, request.height):
                return None
        except NoJpeg:
            return None
        if self._settings.snapshot_blur == "none":
            return jpeg
        return without_other_faces(jpeg, request.box, request.others)

    def _tidy(self) -> None:
        if time.monotonic() >= self._prune_at:
            self._prune_at = time.monotonic() + _PRUNE_S
            prune(self._store, datetime.now(UTC), self._settings.snapshot_days, self._settings.snapshot_max_mb)
