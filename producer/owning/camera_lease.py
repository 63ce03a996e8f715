"""A producer's right to one camera, and until when it may trust it."""

import threading
import time

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

    def renew(self) -> None:
        """Hold it for another while.

        Raises:
            leases.LeaseLost: another producer held it in between.
        """
        asked_at = time.monotonic()
        renewed = leases.acquire(self._state, self._lease.key, self._lease.owner, self._ttl_ms)
        if renewed is None or renewed.token != self._lease.token:
            raise leases.LeaseLost(self._lease.key)
        with self._lock:
            self._valid_until = asked_at + self._ttl_ms / 1000

    def release(self) -> None:
        """Let the next producer have it at once."""
        leases.release(self._state, self._lease)
