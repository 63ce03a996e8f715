"""Tells all who listen how the system is and what becomes of violations: asked of the servers once for all."""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import redis

from console.status_json import system_status
from console.violations.following import Follower
from console.violations.showing import as_message
from console.web.context import ApiContext

_log = logging.getLogger(__name__)

_SYSTEM_EVERY_S = 2.0
_PATIENCE_S = 1.0
_MAX_WAITING = 500  # violations that a listener has not been told of: one that is so slow misses the oldest
_SYSTEM, _VIOLATION = "system", "violation"


@dataclass(frozen=True)
class News:
    """One event: its name, and what the command line prints as JSON, written once for all who listen."""

    event: str
    data: str


class Listener:
    """One open connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing has been told."""
        self._loop = loop
        self._system: News | None = None
        self._violations: deque[News] = deque(maxlen=_MAX_WAITING)
        self._has_news = asyncio.Event()

    def tell(self, news: News) -> None:
        """Pass it on; from any thread. Of the system only the newest is kept."""
        try:
            self._loop.call_soon_threadsafe(self._put, news)
        except RuntimeError:  # the loop has ended
            _log.debug("a listener left")

    def _put(self, news: News) -> None:
        if news.event == _SYSTEM:
            self._system = news
        else:
            self._violations.append(news)
        self._has_news.set()

    async def next(self) -> list[News]:
        """What has not been told yet; waits for it."""
        await self._has_news.wait()
        self._has_news.clear()
        found = [*([self._system] if self._system else []), *self._violations]
        self._system = None
        self._violations.clear()
        return found


class Newsroom:
    """Reads for all listeners in two threads, which rest while there are none."""

    def __init__(self, context: ApiContext) -> None:
        """Nothing is read before the first listener."""
        self._context = context
        self._listeners: frozenset[Listener] = frozenset()
        self._lock = threading.Lock()
        self._has_listeners = threading.Event()
        self._last_system: News | None = None
        self._follower: Follower | None = None  # outlives a server that is away for a while: nothing is missed
        self._closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(what,), name="newsroom", daemon=True)
            for what in (self._tell_system, self._tell_violations)
        ]

    def start(self) -> None:
        """Read as soon as somebody listens."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Read no more."""
        self._closed.set()
        self._has_listeners.set()
        for thread in self._threads:
            thread.join()

    def add(self, listener: Listener) -> None:
        """Tell a listener from now on; how the system is at once, if that is known."""
        with self._lock:
            self._listeners |= {listener}
        if self._last_system is not None:
            listener.tell(self._last_system)
        self._has_listeners.set()

    def remove(self, listener: Listener) -> None:
        """Tell it no more."""
        with self._lock:
            self._listeners -= {listener}
            if not self._listeners:
                self._has_listeners.clear()
                self._last_system = None

    def _run(self, tell: Callable[[], None]) -> None:
        while self._has_listeners.wait() and not self._closed.is_set():
            try:
                tell()
                continue
            except redis.RedisError as error:
                _log.warning("no news while a server is away: %s", error)
            except Exception:  # noqa: BLE001 - the others are served on, whatever one made fail
                _log.exception("news failed, and are tried again")
            self._last_system = None  # who comes now is not told of what is no longer known
            self._closed.wait(_PATIENCE_S)

    @property
    def _is_wanted(self) -> bool:
        return self._has_listeners.is_set() and not self._closed.is_set()

    def _tell_system(self) -> None:
        while self._is_wanted:
            self._last_system = News(_SYSTEM, system_status(self._context.overview()).model_dump_json())
            self._tell(self._last_system)
            self._closed.wait(_SYSTEM_EVERY_S)

    def _tell_violations(self) -> None:
        system = self._context.system
        self._follower = self._follower or Follower(system.servers.state, system.keys)
        while self._is_wanted:
            for record in self._follower.next():
                self._tell(News(_VIOLATION, as_message(record).model_dump_json()))
        self._follower = None

    def _tell(self, news: News) -> None:
        for listener in self._listeners:
            listener.tell(news)
