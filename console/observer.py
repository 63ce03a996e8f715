"""Reads a running system again and again in a thread of its own, so that a slow server holds nobody up."""

import logging
import threading
from functools import lru_cache

import redis

from console import overview
from console.counting.last_day import LastDay
from console.overview import Overview
from shared.connections import Servers
from shared.streams import DESIRED_WORKERS, KeySpace

_log = logging.getLogger(__name__)

INTERVAL_S = 0.5


class Observer:
    """Keeps the newest overview and the number of workers that the operator asked for; ``None`` until known."""

    def __init__(self, servers: Servers, keys: KeySpace) -> None:
        """Nothing is read before ``start``."""
        self.latest: Overview | None = None
        self.desired_workers: int | None = None
        self._servers = servers
        self._keys = keys
        self._last_day = LastDay()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._observe, name="observer", daemon=True)

    def start(self) -> None:
        """Read from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more; does not wait for an answer that is on its way."""
        self._stopped.set()

    def _observe(self) -> None:
        while not self._stopped.is_set():
            try:
                self.desired_workers = _number(self._servers.state.get(DESIRED_WORKERS))
                self.latest = overview.read(self._servers, self._keys, self._last_day)
            except redis.RedisError:
                # The supervisor says that a server died and restarts it; what was seen last stays meanwhile.
                pass
            except Exception as error:  # noqa: BLE001 - a reader that ends would show what was seen last for ever
                # Else it is a connection that is closed under a read which nobody waits for any more.
                if not self._stopped.is_set():
                    _complain(f"{type(error).__name__}: {error}")
            self._stopped.wait(INTERVAL_S)


@lru_cache(maxsize=16)  # said once, however often it is read
def _complain(why: str) -> None:
    _log.error("the system cannot be looked at: %s", why)


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, bytes) and value.isdigit() else None
