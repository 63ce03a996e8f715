"""Whose turn it is to train: one trainer in the whole system holds the lease, the others wait."""

import time

import redis

from shared import leases
from shared.leases import Lease
from shared.training_jobs import LEASE


class Turn:
    """A trainer's right to take jobs; ``refresh`` it several times within ``ttl_ms``."""

    def __init__(self, state: redis.Redis, owner: str, ttl_ms: int) -> None:
        """Hold nothing yet."""
        self._state = state
        self._owner = owner
        self._ttl_ms = ttl_ms
        self._lease: Lease | None = None
        self._ends_at = 0.0

    def refresh(self) -> bool:
        """Take the lease or keep it; ``False`` while another trainer has it."""
        asked_at = time.monotonic()
        self._lease = leases.acquire(self._state, LEASE, self._owner, self._ttl_ms)
        self._ends_at = asked_at + self._ttl_ms / 1000
        return self._lease is not None

    @property
    def lease(self) -> Lease | None:
        """What is held; ``None`` also when it may have run out, because the server does not answer."""
        return self._lease if time.monotonic() < self._ends_at else None

    def release(self) -> None:
        """Let the next trainer begin at once."""
        if self._lease is not None:
            leases.release(self._state, self._lease)
            self._lease = None
