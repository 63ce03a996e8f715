"""Hands live pictures to all who watch: each is read, and made small, once for all of them."""

import asyncio
import logging
import threading
import time
from collections.abc import Collection, Iterable

import redis
from prometheus_client import CollectorRegistry, Counter, Gauge

from console.live import reducing
from console.live.pictures import LivePicture, LivePictures
from shared import metric_names
from shared.streams import KeySpace

_log = logging.getLogger(__name__)

MAX_CAMERAS = 256
_PICTURES_PER_S = 60.0  # of all cameras together: whoever watches must not slow down whoever judges
_MOST_PER_CAMERA = 10.0
_BLOCK_MS = 100
_PATIENCE_S = 1.0


class Viewer:
    """One open page: what it wants to see, and the newest message of each camera that it has not been sent."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wants nothing yet; ``loop`` is that of its connection."""
        self.cameras: frozenset[str] = frozenset()
        self.width = reducing.FULL
        self._loop = loop
        self._waiting: dict[str, bytes] = {}
        self._has_news = asyncio.Event()

    def put(self, camera: str, message: bytes) -> None:
        """Show it next, instead of one of the same camera that still waits; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._put, camera, message)
        except RuntimeError:  # the loop has ended
            _log.debug("a viewer left")

    def _put(self, camera: str, message: bytes) -> None:
        self._waiting[camera] = message
        self._has_news.set()

    async def next(self) -> list[bytes]:
        """What waits; waits for it."""
        await self._has_news.wait()
        self._has_news.clear()
        messages, self._waiting = list(self._waiting.values()), {}
        return messages


class Hub:
    """Reads for all viewers in one thread, which rests while there are none."""

    def __init__(self, frames: redis.Redis, keys: KeySpace, registry: CollectorRegistry) -> None:
        """Nothing is read before the first viewer."""
        self._frames = frames
        self._keys = keys
        self._viewers: frozenset[Viewer] = frozenset()
        self._lock = threading.Lock()
        self._is_watched = threading.Event()
        self._shown_at: dict[str, float] = {}
        self._sent = Counter(metric_names.WEB_PICTURES, "Live pictures sent", registry=registry)
        viewers = Gauge(metric_names.WEB_VIEWERS, "Pages that are shown live pictures", registry=registry)
        viewers.set_function(lambda: len(self._viewers))
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)

    def start(self) -> None:
        """Read as soon as somebody watches."""
        self._thread.start()

    def close(self) -> None:
        """Read no more."""
        self._is_closed = True
        self._is_watched.set()
        self._thread.join()

    def add(self, viewer: Viewer) -> None:
        """Serve a viewer from now on."""
        with self._lock:
            self._viewers |= {viewer}
        self._is_watched.set()

    def remove(self, viewer: Viewer) -> None:
        """Serve it no more."""
        with self._lock:
            self._viewers -= {viewer}
            if not self._viewers:
                self._is_watched.clear()

    def _run(self) -> None:
        while self._is_watched.wait() and not self._is_closed:
            try:
                self._serve(LivePictures(self._frames, self._keys))
            except redis.RedisError as error:
                _log.warning("no live pictures while the frames server is away: %s", error)
                time.sleep(_PATIENCE_S)
            except Exception:  # noqa: BLE001 - the others are served on, whatever one made fail
                _log.exception("live pictures failed, and are tried again")
                time.sleep(_PATIENCE_S)

    def _serve(self, pictures: LivePictures) -> None:
        while (viewers := self._viewers) and not self._is_closed:
            cameras = frozenset[str]().union(*(each.cameras for each in viewers))
            pictures.follow(cameras)
            self._shown_at = {camera: at for camera, at in self._shown_at.items() if camera in cameras}
            due = self._due(cameras)
            if not due:
                time.sleep(_BLOCK_MS / 1_000 / 4)
                continue
            found = pictures.next(due, _BLOCK_MS)
            self._hand_out(found, viewers)

    def _due(self, cameras: Collection[str]) -> list[str]:
        """Those whose turn it is: all of them together are shown so many pictures a second at most.

        Cameras that have given no picture yet take no part of that from those that do.
        """
        interval_s = max(1 / _MOST_PER_CAMERA, len(self._shown_at) / _PICTURES_PER_S)
        now = time.monotonic()
        return [camera for camera in cameras if now - self._shown_at.get(camera, 0.0) >= interval_s]

    def _hand_out(self, pictures: Iterable[LivePicture], viewers: Collection[Viewer]) -> None:
        for picture in pictures:
            camera = picture.tracks.camera
            self._shown_at[camera] = time.monotonic()
            interested = [viewer for viewer in viewers if camera in viewer.cameras]
            made = {width: reducing.message(picture, width) for width in {viewer.width for viewer in interested}}
            for viewer in interested:
                message = made[viewer.width]
                if message is not None:
                    viewer.put(camera, message)
                    self._sent.inc()
