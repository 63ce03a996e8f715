"""What anybody may ask is found out once for all who ask at the same time, in a thread that nobody else needs."""

import asyncio
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread

_T = TypeVar("_T")


class SharedAnswer(Generic[_T]):
    """One question; each who asks is given an answer that was begun after that."""

    def __init__(self, find: Callable[[], _T]) -> None:
        """``find`` may take its time; it runs once at a time."""
        self._find = find
        self._lock = asyncio.Lock()
        self._thread = CapacityLimiter(1)
        self._begun_at = float("-inf")
        self._found: asyncio.Future[_T] | None = None

    async def get(self) -> _T:
        """The answer.

        Raises:
            Exception: whatever ``find`` raises.
        """
        asked_at = time.monotonic()
        async with self._lock:
            if self._found is None or self._begun_at < asked_at:
                self._begun_at = time.monotonic()
                self._found = asyncio.ensure_future(to_thread.run_sync(self._find, limiter=self._thread))
                await asyncio.wait([self._found])
        return self._found.result()
