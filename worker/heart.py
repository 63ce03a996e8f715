"""The worker's heartbeat, from a thread of its own, so that a slow batch is not taken for a death."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import redis

from shared import heartbeats
from shared.load_meter import LoadMeter, Totals
from shared.messages import ProcessInfo

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """What changes from beat to beat."""

    frames_total: int
    model_version: int
    busy_s: float  # in which it did not wait for frames
    frames_judged: int  # of all: without those that were dropped


class Heart:
    """Writes ``ProcessInfo`` every ``interval_s`` seconds between ``start`` and ``stop``."""

    def __init__(
        self,
        state: redis.Redis,
        description: ProcessInfo,
        progress: Callable[[], Progress],
        interval_s: float,
        threads: int = 1,
    ) -> None:
        """``description`` is what does not change; ``progress`` is asked at each beat; ``threads`` judge pictures."""
        self._state = state
        self._description = description
        self._progress = progress
        self._interval_s = interval_s
        self._stop = threading.Event()
        self._is_silenced = False
        self._last = (time.monotonic(), 0)
        self._meter = LoadMeter(threads)
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Beat from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, and say that the process has ended."""
        self._stop.set()
        self._thread.join()
        try:
            heartbeats.remove(self._state, self._description.id)
        except redis.RedisError as error:
            log.warning("ended without telling the state server: %s", error)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._beat()
            self._stop.wait(self._interval_s)

    def _beat(self) -> None:
        try:
            heartbeats.write(self._state, self._info())
            self._is_silenced = False
        except redis.RedisError as error:
            if not self._is_silenced:
                log.warning("no heartbeat: %s", error)
            self._is_silenced = True

    def _info(self) -> ProcessInfo:
        before, frames_before = self._last
        progress = self._progress()
        now, frames = self._last = (time.monotonic(), progress.frames_total)
        rate = (frames - frames_before) / (now - before) if now > before else 0.0
        told = {"heartbeat_at": datetime.now(UTC), "frames_per_second": round(rate, 2), "frames_total": frames}
        load = self._meter.measure(Totals(progress.frames_judged, progress.busy_s))
        return self._description.model_copy(update=told | {"model_version": progress.model_version, "load": load})


def describe(worker_id: str, name: str, metrics_url: str, detector: str) -> ProcessInfo:
    """What heartbeats tell of the process that calls."""
    now = datetime.now(UTC)
    return ProcessInfo(
        id=worker_id,
        name=name,
        role="worker",
        pid=os.getpid(),
        host=socket.gethostname(),
        started_at=now,
        heartbeat_at=now,
        metrics_url=metrics_url,
        detector=detector,
    )
