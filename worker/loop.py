"""The worker's loop: batches of frames in, results and acks out."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Protocol, cast

import redis

from shared.messages import CAMERA_ID
from shared.settings import WorkerSettings
from shared.streams import CAMERAS, HEARTBEAT_CAMERA
from worker import allocation
from worker.batching import BatchPolicy
from worker.classifier import Classifier
from worker.entries import DecodedFrame, Ending, Entry
from worker.group import FrameGroup, is_missing_group
from worker.publisher import Publisher
from worker.stages import Stages

log = logging.getLogger(__name__)

CAMERAS_INTERVAL_S = 1.0
CAMERAS_AWAY_INTERVAL_S = 5.0  # while the state server does not tell: each question may take its time
IDLE_BLOCK_MS = 200  # also how long a stop may wait for an idle read
HEARTBEAT_READ_S = 0.2
HEARTBEAT_READ_FRAMES = 2  # at a time: faster than they are sent, and little beside a batch
FORGET_CONSUMERS_INTERVAL_S = 60.0
FORGET_CONSUMERS_AFTER_MS = 600_000
MAX_BACKOFF_S = 2.0


class Models(Protocol):
    """Where newer model versions come from, asked between batches; neither call may wait or raise."""

    def newer(self) -> Classifier | None:
        """The version to judge with from now on, once; ``None`` where the one in use is to stay."""
        ...

    def judged(self, frames: Sequence[DecodedFrame], endings: Sequence[Ending]) -> None:
        """Hear of a batch whose results are out."""
        ...


class WorkerLoop:
    """Reads, judges and publishes until it is told to stop."""

    def __init__(
        self,
        state: redis.Redis,
        group: FrameGroup,
        stages: Stages,
        publisher: Publisher,
        settings: WorkerSettings,
        models: Models | None = None,
    ) -> None:
        """Nothing is read before ``run`` or ``run_once``; without ``models`` one version judges for good."""
        self.frames_total = 0
        self._state = state
        self._group = group
        self._stages = stages
        self._publisher = publisher
        self._settings = settings
        self._models = models
        self._metrics = stages.metrics
        self._batches = BatchPolicy(settings.batch_frames, settings.batch_deadline_ms / 1000)
        self._read_at = time.monotonic()
        self._owed: list[Ending] = []  # judged, and refused by the frames server so far
        self._next_cameras_at = self._next_claim_at = self._next_forget_at = self._next_heartbeat_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set, then finish the batch and leave the group.

        A server that goes away is waited for; what was in hand is then pending, and claimed later.
        """
        backoff_s = 0.0
        while not stop.is_set():
            try:
                self.run_once(IDLE_BLOCK_MS)
                if not self._group.cameras:
                    stop.wait(IDLE_BLOCK_MS / 1000)  # nothing that a read could wait for
                backoff_s = self._recovered(backoff_s)
            except redis.RedisError as error:
                if is_missing_group(error):
                    self._group.forget()
                    self._next_cameras_at = 0.0
                backoff_s = self._failed(error, backoff_s)
                stop.wait(backoff_s)
        self._leave()

    def run_once(self, block_ms: int = 0) -> int:
        """Claim what others left and handle one batch of new frames; says how many entries ended."""
        with self._metrics.busy():
            self._publish(self._owed)
            self._find_cameras()
            claimed = self._claim()
        entries = self._read(block_ms)
        with self._metrics.busy():
            return claimed + self._handle_timed(entries)

    def _handle_timed(self, entries: Sequence[Entry]) -> int:
        started = time.monotonic()
        handled = self._handle(entries)
        if handled:
            ended = time.monotonic()
            self._batches.judged(handled, ended - started, ended - self._read_at)
            self._read_at = ended
        return handled

    def _handle(self, entries: Sequence[Entry]) -> int:
        """Take each entry to its end. What is acked has its result written, in the same transaction."""
        # Here and nowhere else, so that one version judges all of a batch.
        self._take_newer_model()
        if not entries:
            return 0
        poisoned, frames = self._stages.parse(entries)
        stale, fresh = self._stages.drop_stale(frames)
        undecodable, decoded = self._stages.decode(fresh)
        judged = self._stages.judge(decoded)
        endings = [*poisoned, *stale, *undecodable, *judged]
        self._publish(endings)
        if self._models is not None:
            self._models.judged(decoded, judged)
        return len(endings)

    def _publish(self, endings: Sequence[Ending]) -> None:
        """Write endings, which are owed until the frames server has taken them; while any are, nothing else is read.

        Given back and claimed, they would be judged again and again, until they were taken for what takes workers down.
        """
        if not endings:
            return
        self._owed = list(endings)
        with self._metrics.stage("publish", len(endings)):
            self._publisher.publish(endings)
        self._owed = []
        self.frames_total += len(endings)

    def _take_newer_model(self) -> None:
        if self._models is not None and (classifier := self._models.newer()) is not None:
            self._stages.serve(classifier)
            allocation.settle()  # the version before is gone, and so is what loading this one needed

    def _find_cameras(self) -> None:
        if time.monotonic() < self._next_cameras_at:
            return
        interval_s = CAMERAS_INTERVAL_S
        try:
            named = (each.decode(errors="replace") for each in cast("list[bytes]", self._state.hkeys(CAMERAS)))
            cameras = {each for each in named if CAMERA_ID.fullmatch(each)}
        except redis.RedisError:
            # Frames wait for nobody: those of the known cameras go on while the state server is away.
            cameras, interval_s = set(self._group.cameras), CAMERAS_AWAY_INTERVAL_S
        cameras -= {HEARTBEAT_CAMERA}
        beside = [HEARTBEAT_CAMERA] if self._settings.heartbeat_faces_s else []
        if sorted([*cameras, *beside]) != sorted(self._group.cameras):
            self._group.join(sorted(cameras), beside)
        self._next_cameras_at = time.monotonic() + interval_s

    def _read(self, block_ms: int) -> list[Entry]:
        """A batch: closed when it is full, or when its first entry has waited for the deadline."""
        limit = self._batches.limit
        started = time.monotonic()
        entries = self._group.read(limit, block_ms)
        if entries and len(entries) < limit and self._batches.wait_s:
            # Asleep, and one look then: each look at the streams of all cameras costs both sides a millisecond.
            time.sleep(self._batches.wait_s)
            entries += self._group.read(limit - len(entries), 0)
        if entries:
            self._metrics.passed("read", time.monotonic() - started, len(entries), len(entries))
            self._metrics.batch_frames.observe(len(entries))
        return entries + self._read_heartbeat()

    def _read_heartbeat(self) -> list[Entry]:
        """What is new of the heartbeat, now and then: with cameras at work it costs no other read of theirs."""
        if time.monotonic() < self._next_heartbeat_at:
            return []
        self._next_heartbeat_at = time.monotonic() + HEARTBEAT_READ_S
        return self._group.read_beside(HEARTBEAT_READ_FRAMES)

    def _claim(self) -> int:
        """Take over what other workers left, each entry by itself, at most a batch of each camera."""
        if time.monotonic() < self._next_claim_at:
            return 0
        handled = 0
        for camera in self._group.with_pending():
            for _ in range(self._batches.limit):
                claimed = self._group.claim(camera, self._settings.claim_min_idle_ms)
                self._metrics.trimmed.inc(claimed.trimmed)
                if claimed.entry is not None:
                    self._metrics.claimed.inc()
                    handled += self._handle([claimed.entry])
                if claimed.is_scan_complete:
                    break
        self._next_claim_at = time.monotonic() + self._settings.claim_interval_s
        self._forget_consumers()
        return handled

    def _forget_consumers(self) -> None:
        if time.monotonic() >= self._next_forget_at:
            self._group.forget_idle_consumers(FORGET_CONSUMERS_AFTER_MS)
            self._next_forget_at = time.monotonic() + FORGET_CONSUMERS_INTERVAL_S

    def _leave(self) -> None:
        try:
            self._publish(self._owed)
            self._group.leave()
        except redis.RedisError as error:
            log.warning("left without telling the frames server: %s", error)

    def _failed(self, error: redis.RedisError, backoff_s: float) -> float:
        if backoff_s == 0:
            log.warning("waiting for a Redis server: %s", error)
        return min(max(2 * backoff_s, 0.1), MAX_BACKOFF_S)

    def _recovered(self, backoff_s: float) -> float:
        if backoff_s > 0:
            log.info("the Redis servers answer again")
        return 0.0
