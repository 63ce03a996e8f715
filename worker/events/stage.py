"""The events worker's loop: read the results of the cameras it owns, judge, commit."""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any, cast

import redis

from shared.cameras import CaptureStatus
from shared.connections import Servers
from shared.leases import LeaseLost
from shared.messages import HELD_BACK, DropReason, FrameResult
from shared.settings import EventsSettings
from shared.streams import KeySpace
from worker.events.camera_stage import CameraStage, Entry
from worker.events.live_view import LiveView
from worker.events.metrics import EventsMetrics
from worker.events.ownership import Ownership
from worker.events.restarts import read_again_where_ids_fell
from worker.events.retention import Retention
from worker.events.review_writer import ReviewWriter

log = logging.getLogger(__name__)

_READ_COUNT = 64  # results of each camera at a time
_BLOCK_MS = 200
_REFRESH_S = 1.0
_MAX_BACKOFF_S = 5.0


class EventsStage:
    """Judges cameras until it is stopped."""

    def __init__(
        self,
        servers: Servers,
        settings: EventsSettings,
        process_id: str,
        metrics: EventsMetrics,
        review: ReviewWriter | None = None,
    ) -> None:
        """Own nothing before the first pass of the loop; ``review`` gets the faces that are to be looked at."""
        self.frames_due = 0  # all of which results came, but for those in which nothing moved
        self._servers = servers
        self._settings = settings
        self._keys = KeySpace(settings.shards)
        self._metrics = metrics
        self._review = review
        self._ownership = Ownership(servers.state, settings, process_id)
        self._retention = Retention(servers.state, self._keys, settings.violation_days)
        self._live = LiveView(servers.frames, self._keys)
        self._refresh_at = 0.0
        self._last_read: dict[str, float] = {}  # camera -> monotonic instant of its last result

    def run(self, stop: threading.Event) -> None:
        """Loop until ``stop``; a server that is away is waited for, with growing patience."""
        backoff_s = 0.1
        while not stop.is_set():
            try:
                self.run_once()
                backoff_s = 0.1
            except redis.RedisError as error:
                # Whether the last commit went through is unknown, so what is in memory is in doubt.
                log.warning("a server is away, trying again in %.1f s: %s", backoff_s, error)
                self._ownership.stages.clear()
                stop.wait(backoff_s)
                backoff_s = min(_MAX_BACKOFF_S, backoff_s * 2)
        self._release_all()

    def owned(self) -> list[str]:
        """The cameras that are judged here now; any thread may ask."""
        return list(self._ownership.stages)

    def run_once(self) -> int:
        """One pass: leases when they are due, one read over all cameras, files that are over.

        Returns the number of results read.
        """
        now = time.monotonic()
        if now >= self._refresh_at:
            self._ownership.refresh()
            self._refresh_at = now + min(_REFRESH_S, self._settings.events_lease_ms / 3000)
            self._read_again(now)
            self._live.look()
            self._retention.take_turn(self._ownership.stages)
        read = self._read()
        for stage, entries in read:
            self._judge(stage, entries)
        for stage in list(self._ownership.stages.values()):
            self._look_after(stage)
            self._live.publish(stage.take_sights())
            # Behind the commit: what is judged again after a failure is set aside then.
            if self._review is not None:
                self._review.offer(stage.take_doubts())
        return sum(len(entries) for _, entries in read)

    def _read(self) -> list[tuple[CameraStage, list[Entry]]]:
        stages = {self._keys.results(camera): stage for camera, stage in self._ownership.stages.items()}
        if not stages:
            time.sleep(_BLOCK_MS / 1000)
            return []
        behind: dict[Any, Any] = {key: stage.read_to for key, stage in stages.items()}
        answer = self._servers.frames.xread(behind, count=_READ_COUNT, block=_BLOCK_MS)
        # With protocol 3: stream -> [entries]; nothing when the block ran out.
        entries = cast("dict[bytes, list[list[Entry]]]", answer or {})
        return [(stages[key.decode()], read) for key, (read,) in entries.items()]

    def _read_again(self, now: float) -> None:
        silent = [
            stage
            for camera, stage in self._ownership.stages.items()
            if now - self._last_read.get(camera, float("-inf")) >= _REFRESH_S
        ]
        for camera in read_again_where_ids_fell(self._servers.frames, self._keys, silent) if silent else ():
            log.warning("camera %s: the frames server began anew with an earlier clock; its results are read", camera)

    def _judge(self, stage: CameraStage, entries: list[Entry]) -> None:
        started = time.monotonic()
        self._last_read[stage.camera] = started
        stage.watch(is_watched=self._live.is_watched)
        try:
            results = stage.take(entries)
        except LeaseLost:
            self._ownership.drop(stage.camera)
            return
        self._observe(results, time.monotonic() - started)

    def _look_after(self, stage: CameraStage) -> None:
        """What no result triggers: a file's end, a live camera's missing frames when nothing follows."""
        camera = self._ownership.cameras[stage.camera]
        try:
            if camera.is_lossless:
                self._finish_pass(stage)
            elif stage.is_waiting and self._idle_s(stage.camera) > self._settings.reorder_window_s:
                stage.give_up_missing()
        except LeaseLost:
            self._ownership.drop(stage.camera)

    def _finish_pass(self, stage: CameraStage) -> None:
        status = self._servers.state.get(self._keys.capture(stage.camera))
        if status is None:
            return
        capture = CaptureStatus.model_validate_json(status)
        if capture.has_ended and stage.finish_pass(capture.epoch, capture.captured):
            log.info("camera %s: all %d frames judged", stage.camera, capture.captured)

    def _idle_s(self, camera: str) -> float:
        return time.monotonic() - self._last_read.get(camera, time.monotonic())

    def _observe(self, results: list[FrameResult], seconds: float) -> None:
        now = datetime.now(UTC)
        self.frames_due += sum(each.reason is not DropReason.UNCHANGED for each in results)
        # What was held back never went to a worker: it would make the way there look short.
        live = [each for each in results if each.on_overload == "drop_oldest" and each.reason not in HELD_BACK]
        self._metrics.judged(len(results), seconds, [(now - each.captured_at).total_seconds() for each in live])

    def _release_all(self) -> None:
        try:
            for camera in list(self._ownership.stages):
                self._ownership.release(camera)
        except redis.RedisError as error:
            log.warning("leases are left to expire: %s", error)
