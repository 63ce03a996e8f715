"""Sends pictures of known faces: one producer at a time, in a thread of its own, for which no camera ever waits."""

import logging
import threading
import time
from typing import Any, cast

import redis

from producer.heartbeat.burst import Bursts
from producer.publishing.outage import Outage
from producer.publishing.publisher import Fenced
from shared import leases
from shared.connections import Servers
from shared.heartbeat_faces import MIN_INTERVAL_S, HeartbeatField, instant
from shared.leases import Lease, LeaseLost
from shared.settings import ProducerSettings
from shared.streams import HEARTBEAT, HEARTBEAT_CAMERA, HEARTBEAT_LEASE, KeySpace

_log = logging.getLogger(__name__)

FIRST_AFTER_S = 5.0  # by then workers of a system that has just been started read
_STEP_S = 0.2
_JOIN_S = 2.0


class HeartbeatSender:
    """Sends a burst each interval while this process holds the lease."""

    def __init__(self, servers: Servers, settings: ProducerSettings, process_id: str) -> None:
        """Send nothing before ``start``, and nothing at all where heartbeats are switched off."""
        self._servers = servers
        self._settings = settings
        self._process_id = process_id
        self._interval_s = max(settings.heartbeat_faces_s, MIN_INTERVAL_S) if settings.heartbeat_faces_s else 0.0
        self._bursts: Bursts | None = None
        self._lease: Lease | None = None
        self._owners = 0
        self._renew_at = self._due_at = 0.0
        self._outage = Outage("a server of the heartbeat")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat-faces", daemon=True)

    def start(self) -> None:
        """Send from now on."""
        self._thread.start()

    def close(self) -> None:
        """End a burst that is under way, without its pauses, and let another producer go on.

        Raises:
            redis.RedisError: the state server did not answer; the lease runs out by itself.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)
        if self._lease is not None and not self._thread.is_alive():
            leases.release(self._servers.state, self._lease)

    def step(self, now: float) -> None:
        """Do what is due at ``now``, in monotonic seconds.

        Raises:
            redis.RedisError: a server did not answer; call again.
        """
        if now >= self._renew_at:
            self._renew(now)
        if self._lease is None or now < self._due_at:
            return
        # Before it is tried: one that fails is not tried again at once, but is the next one's business.
        self._due_at = now + self._interval_s
        self._bursts = self._bursts or Bursts(self._servers, self._settings)
        try:
            self._bursts.send(self._lease, self._interval_s, self._stop.wait)
        except LeaseLost:
            self._lease = None
        except Fenced:
            self._begin_anew()

    def _renew(self, now: float) -> None:
        self._renew_at = now + self._settings.producer_lease_ms / 4000
        state, owner = self._servers.state, f"{self._process_id}/{self._owners}"
        above = self._fence() if self._lease is None else 0
        lease = leases.acquire(state, HEARTBEAT_LEASE, owner, self._settings.producer_lease_ms, above)
        if lease is not None and lease != self._lease:
            self._due_at = now + min(FIRST_AFTER_S, self._interval_s)
            values = {HeartbeatField.SINCE: instant(state), HeartbeatField.INTERVAL_S: self._interval_s}
            state.hset(HEARTBEAT, mapping=cast("Any", values))
            _log.info("pictures of known faces are sent from here, one each %g s", self._interval_s)
        self._lease = lease

    def _fence(self) -> int:
        """The highest token that the frames server has seen: a state server that lost all would begin below it."""
        key = KeySpace(self._settings.shards).fence(HEARTBEAT_CAMERA)
        return int(cast("bytes | None", self._servers.frames.get(key)) or 0)

    def _begin_anew(self) -> None:
        """Take the lease again under another name, and with it a token that the frames server lets in."""
        if self._lease is not None:
            leases.release(self._servers.state, self._lease)
        self._owners += 1
        self._lease, self._renew_at = None, 0.0

    def _run(self) -> None:
        while not self._stop.wait(_STEP_S):
            try:
                if self._interval_s:
                    self.step(time.monotonic())
                else:
                    self._servers.state.hset(HEARTBEAT, HeartbeatField.INTERVAL_S, 0)
            except redis.RedisError as error:
                self._outage.begin(error)
                continue
            except Exception:  # noqa: BLE001 - logged whole; what this process is for are its cameras
                _log.exception("no more pictures of known faces are sent")
                return
            self._outage.end()
            if not self._interval_s:
                return
