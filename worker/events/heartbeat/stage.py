"""Judges bursts of known faces: one events worker at a time, in a thread of its own, for which counting never waits."""

import logging
import threading
import time

import redis

from shared import leases
from shared.connections import Servers
from shared.leases import Lease, LeaseLost
from shared.settings import EventsSettings
from shared.streams import HEARTBEAT_EVENTS_LEASE, KeySpace
from worker.events.heartbeat.course import Course
from worker.events.heartbeat.ledger import Ledger
from worker.events.heartbeat.reading import Results

log = logging.getLogger(__name__)

LOST_AFTER_S = 30.0  # without an outcome, a burst that was sent is lost
_WAIT_S = 0.3
_MAX_WAIT_S = 5.0  # while a server is away


class HeartbeatStage:
    """Judges bursts while this process holds the lease."""

    def __init__(
        self, servers: Servers, settings: EventsSettings, process_id: str, lost_after_s: float = LOST_AFTER_S
    ) -> None:
        """Nothing is read before ``start`` or ``step``."""
        self._servers = servers
        self._settings = settings
        self._process_id = process_id
        self._lost_after_s = lost_after_s
        self._lease: Lease | None = None
        self._course: Course | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat-faces", daemon=True)

    def start(self) -> None:
        """Judge from now on, unless heartbeats are switched off."""
        if self._settings.heartbeat_faces_s:
            self._thread.start()

    def close(self) -> None:
        """Stop behind the commit that is on its way, and let another process judge."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_MAX_WAIT_S)
        if self._lease is None or self._thread.is_alive():
            return
        try:
            leases.release(self._servers.state, self._lease)
        except redis.RedisError as error:
            log.warning("the lease of the heartbeat is left to expire: %s", error)

    def step(self, now: float) -> None:
        """Take or renew the lease and decide what can be decided at ``now``, in monotonic seconds.

        Raises:
            redis.RedisError: a server does not answer.
        """
        lease = leases.acquire(
            self._servers.state, HEARTBEAT_EVENTS_LEASE, self._process_id, self._settings.events_lease_ms
        )
        if lease is None or lease != self._lease:
            self._course = None
        self._lease = lease
        if lease is None:
            return
        try:
            self._course = self._course or self._begun()
            self._course.advance(lease, now)
        except LeaseLost:
            self._course = None  # somebody else judges, or the server has forgotten what was written

    def _begun(self) -> Course:
        ledger = Ledger(self._servers.state)
        standing = ledger.load()
        results = Results(self._servers.frames, KeySpace(self._settings.shards), standing.stream_id)
        return Course(ledger, results, standing, self._lost_after_s)

    def _run(self) -> None:
        wait_s = _WAIT_S
        while not self._stop.wait(wait_s):
            try:
                self.step(time.monotonic())
                wait_s = _WAIT_S
            except redis.RedisError as error:
                if wait_s == _WAIT_S:
                    log.warning("the heartbeat waits for a server: %s", error)
                # Whether the last commit went through is unknown.
                self._course = None
                wait_s = min(_MAX_WAIT_S, wait_s * 2)
            except Exception:  # counting goes on, and what is told of this grows stale
                log.exception("the heartbeat is not judged here any more")
                return
