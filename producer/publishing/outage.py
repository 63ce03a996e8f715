"""Servers that go away for a while: said once when they go and once when they are back."""

import logging

import redis

_log = logging.getLogger(__name__)


class Outage:
    """Keeps account of whether a server answers."""

    def __init__(self, what: str) -> None:
        """``what`` names the server and who needs it, for the log."""
        self.what = what
        self.is_on = False

    def begin(self, error: redis.RedisError) -> None:
        """It did not answer; only the first failure is logged."""
        if not self.is_on:
            _log.warning("%s: does not serve, trying again until it does: %s", self.what, error)
        self.is_on = True

    def end(self) -> bool:
        """It answered; true if that ends an outage."""
        was_on, self.is_on = self.is_on, False
        if was_on:
            _log.info("%s: serves again", self.what)
        return was_on
