"""The frames server's clock, by which its entries are dated; asked seldom and carried on in between."""

from collections.abc import Callable

import redis

_ASK_INTERVAL_S = 10.0


class ServerClock:
    """Tells the server's time from this machine's monotonic clock and their difference when last asked."""

    def __init__(self, server: redis.Redis, monotonic: Callable[[], float]) -> None:
        """Ask nothing yet; ``monotonic`` gives seconds."""
        self._server = server
        self._monotonic = monotonic
        self._ahead_s = 0.0
        self._ask_at = float("-inf")

    def now_s(self) -> float:
        """The server's time, in seconds since the epoch.

        Raises:
            redis.RedisError: it was to be asked and does not answer.
        """
        now = self._monotonic()
        if now >= self._ask_at:
            seconds, microseconds = self._server.time()
            self._ahead_s = seconds + microseconds / 1e6 - now
            self._ask_at = now + _ASK_INTERVAL_S
        return now + self._ahead_s

    def age_s(self, entry_id: str) -> float:
        """How long ago an entry came into its stream; its id is one that the server gave.

        Raises:
            redis.RedisError: as ``now_s``.
        """
        return self.now_s() - int(entry_id.partition("-")[0]) / 1000
