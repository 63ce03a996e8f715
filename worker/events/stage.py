"""The events worker's loop: read the results of the cameras it owns, judge, commit."""

import logging
import math
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import redis

from shared.connections import Servers
from shared.foreign_keys import ForeignKeys
from shared.leases import LeaseLost
from shared.messages import HELD_BACK, DropReason, FrameResult
from shared.settings import EventsSettings
from shared.stream_reads import StreamReader
from shared.streams import KeySpace
from worker.events.camera_stage import CameraStage, Entry
from worker.events.commit import send
from worker.events.live_view import LiveView
from worker.events.metrics import EventsMetrics
from worker.events.ownership import Ownership
from worker.events.pace import READ_COUNT, pause_s
from worker.events.restarts import read_again_where_ids_fell
from worker.events.retention import Retention
from worker.events.review_writer import ReviewWriter
from worker.events.unprompted import finish_passes, give_up_missing

log = logging.getLogger(__name__)

_BLOCK_S = 0.5
_REFRESH_S = 1.0
_FIRST_BACKOFF_S = 0.1
_MAX_BACKOFF_S = 5.0


class _FramesAway(redis.RedisError):
    """The frames server did not answer, and all that was judged is committed."""


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
        foreign = ForeignKeys()
        metrics.tells(foreign)
        self._reader = StreamReader(servers.frames, foreign)
        self._ownership = Ownership(servers, settings, process_id)
        self._retention = Retention(servers.state, self._keys, settings.violation_days)
        self._live = LiveView(servers.frames, self._keys)
        self._refresh_at = 0.0
        self._pause_s = 0.0
        self._last_read: dict[str, float] = {}  # camera -> monotonic instant of its last result

    def run(self, stop: threading.Event) -> None:
        """Loop until ``stop``; a server that is away is waited for, with growing patience."""
        backoff_s = 0.0
        while not stop.is_set():
            try:
                self.run_once()
            except _FramesAway as error:
                backoff_s = self._failed(error, backoff_s)
            except redis.RedisError as error:
                # Whether the last commit went through is unknown, so what is in memory is in doubt.
                self._ownership.stages.clear()
                backoff_s = self._failed(error, backoff_s)
            else:
                if backoff_s:
                    log.info("the Redis servers answer again")
                backoff_s = 0.0
            stop.wait(backoff_s or self._pause_s)
        self._release_all()

    @staticmethod
    def _failed(error: Exception, backoff_s: float) -> float:
        """How long to wait now; said once."""
        if not backoff_s:
            log.warning("waiting for a Redis server: %s", error)
        return min(_MAX_BACKOFF_S, max(_FIRST_BACKOFF_S, backoff_s * 2))

    def owned(self) -> list[str]:
        """The cameras that are judged here now; any thread may ask."""
        return list(self._ownership.stages)

    def run_once(self) -> int:
        """One pass: leases when they are due, one read over all cameras, their commits, files that are over.

        Returns the number of results read.

        Raises:
            _FramesAway: what is in memory is what the state server has.
            redis.RedisError: what is in memory is in doubt.
        """
        now = time.monotonic()
        if now >= self._refresh_at:
            self._ownership.refresh()
            self._refresh_at = now + min(_REFRESH_S, self._settings.events_lease_ms / 3000)
            self._read_again(now)
            self._live.look()
            self._retention.take_turn(self._ownership.stages)
        try:
            read = self._read()
        except redis.RedisError as error:
            # The frames server may have forgotten what would be read again.
            self._commit([each for each in self._ownership.stages.values() if each.is_due(math.inf)])
            raise _FramesAway(error) from error
        began_at = time.monotonic()
        judged = [self._judge(stage, entries, began_at) for stage, entries in read]
        self._commit([each for each in self._ownership.stages.values() if each.is_due(began_at)])
        entries = sum(len(entries) for _, entries in read)
        self._observe(entries, [result for results in judged for result in results], time.monotonic() - began_at)
        finish_passes(self._servers.state, self._keys, self._ownership)
        # By when it was read, not by now: while the state server held this pass up, results may have come.
        give_up_missing(self._silent_for(self._settings.reorder_window_s, began_at), self._ownership)
        self._tell()
        self._pause_s = max(0.0, began_at + pause_s(judged) - time.monotonic())
        return entries

    def _read(self) -> list[tuple[CameraStage, list[Entry]]]:
        stages = {self._keys.results(camera): stage for camera, stage in self._ownership.stages.items()}
        if not stages:
            time.sleep(_BLOCK_S)
            return []
        behind = {key: stage.read_to for key, stage in stages.items()}
        block_s = min(_BLOCK_S, self._refresh_at - time.monotonic())
        entries = self._reader.read(behind, READ_COUNT, max(1, int(1000 * block_s)))
        return [(stages[key], read) for key, read in entries.items()]

    def _read_again(self, now: float) -> None:
        silent = self._silent_for(_REFRESH_S, now)
        for camera in read_again_where_ids_fell(self._servers.frames, self._keys, silent) if silent else ():
            log.warning("camera %s: the frames server began anew with an earlier clock; its results are read", camera)

    def _silent_for(self, seconds: float, now: float) -> list[CameraStage]:
        """Those of which no result came for so long."""
        stages = self._ownership.stages.items()
        return [stage for camera, stage in stages if now - self._last_read.get(camera, -math.inf) >= seconds]

    def _judge(self, stage: CameraStage, entries: list[Entry], now: float) -> list[FrameResult]:
        self._last_read[stage.camera] = now
        stage.watch(is_watched=self._live.is_watched)
        try:
            return stage.judge(entries, now)
        except LeaseLost:
            self._ownership.drop(stage.camera)
            return []

    def _commit(self, stages: Sequence[CameraStage]) -> None:
        done = send(self._servers.state, [stage.prepare() for stage in stages])
        for stage, is_done in zip(stages, done, strict=True):
            if is_done:
                stage.advance()
            else:
                self._ownership.drop(stage.camera)

    def _tell(self) -> None:
        """Behind the commit: what is judged again after a failure is shown and set aside then."""
        for stage in self._ownership.stages.values():
            self._live.publish(stage.take_sights())
            if self._review is not None:
                self._review.offer(stage.take_doubts())

    def _observe(self, entries: int, results: list[FrameResult], seconds: float) -> None:
        if not entries:
            return
        now = datetime.now(UTC)
        self.frames_due += sum(each.reason is not DropReason.UNCHANGED for each in results)
        # What was held back never went to a worker: it would make the way there look short.
        live = [each for each in results if each.on_overload == "drop_oldest" and each.reason not in HELD_BACK]
        latencies_s = [(now - each.captured_at).total_seconds() for each in live]
        self._metrics.judged(entries, len(results), seconds, latencies_s)

    def _release_all(self) -> None:
        try:
            for camera in list(self._ownership.stages):
                self._ownership.release(camera)
        except redis.RedisError as error:
            log.warning("leases are left to expire: %s", error)
