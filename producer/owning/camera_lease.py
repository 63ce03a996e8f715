"""A producer's right to one camera, and until when it may trust it."""

import threading
import time
from collections.abc import Sequence

import redis

from shared import leases


class CameraLease:
    """A held lease. Valid by this machine's monotonic clock, counted from before it was asked for."""

    def __init__(self, state: redis.Redis, lease: leases.Lease, ttl_ms: int, asked_at: float) -> None:
        """Hold ``lease``, which was asked for at ``asked_at`` in monotonic seconds."""
        self._state = state
        self._lease = lease
        self._ttl_ms = ttl_ms
        self._lock = threading.Lock()
        self._valid_until = asked_at + ttl_ms / 1000

    @classmethod
    def acquire(cls, state: redis.Redis, key: str, owner: str, ttl_ms: int, above: int) -> "CameraLease | None":
        """The lease, or ``None`` while another producer holds it; see ``leases.acquire``."""
        asked_at = time.monotonic()
        lease = leases.acquire(state, key, owner, ttl_ms, above)
        return cls(state, lease, ttl_ms, asked_at) if lease else None

    @property
    def token(self) -> int:
        """The fencing token: higher than that of every earlier owner."""
        return self._lease.token

    @property
    def owner(self) -> str:
        """The name under which it is held."""
        return self._lease.owner

    def is_valid(self, now: float) -> bool:
        """Whether nobody else can hold it at ``now``."""
        with self._lock:
            return now < self._valid_until

    @classmethod
    def renew_all(cls, held: Sequence["CameraLease"]) -> list[bool]:
        """Hold leases of one server and duration for another while; false where another producer came in between.

        One round trip for all: renewed one by one, the last of many run out on a machine that is too busy.

        Raises:
            redis.RedisError: the state server did not answer; what was held is held for as long as before.
        """
        if not held:
            return []
        asked_at = time.monotonic()
        are_ours = leases.renew_all(held[0]._state, [each._lease for each in held], held[0]._ttl_ms)
        for lease, is_ours in zip(held, are_ours, strict=True):
            if is_ours:
                lease._trust_from(asked_at)
        return are_ours

    def release(self) -> None:
        """Let the next producer have it at once."""
        leases.release(self._state, self._lease)

    def _trust_from(self, asked_at: float) -> None:
        with self._lock:
            self._valid_until = asked_at + self._ttl_ms / 1000
