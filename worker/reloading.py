"""Keeps up with the model version that is promoted, and keeps the one that works until then."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from shared.model_registry import ModelError, ModelRegistry, Refusal
from worker.classifier import Classifier
from worker.metrics import FAILED, WorkerMetrics

log = logging.getLogger(__name__)

RETRY_AFTER_S = 30.0  # the pause before a refused version is tried again unchanged; doubled each time
MAX_RETRY_AFTER_S = 600.0

Load = Callable[[int], Classifier]  # raises ModelError
_Files = tuple[tuple[str, int, int], ...]  # path, size and time of change


@dataclass(frozen=True)
class _Refused:
    """What was refused last, and when it is worth another try although nothing has changed."""

    state: str
    version: int | None  # None: it is not known which version is promoted
    files: _Files
    message: str
    pause_s: float
    retry_at: float


class Reloader:
    """Loads what a registry promotes, in its caller's thread; the loop takes it between two batches.

    ``look`` belongs to one thread and ``take`` to another.
    """

    def __init__(self, registry: ModelRegistry, load: Load, served: int, metrics: WorkerMetrics) -> None:
        """``served`` is the version that judges at first; ``load`` loads one with all its checks."""
        self._registry = registry
        self._load = load
        self._metrics = metrics
        self._newest = served  # the last one handed over
        self._promoted: int | None = None
        self._files: _Files = ()  # of the promoted version, before it was last tried
        self._settled = ""
        self._refused: _Refused | None = None
        self._lock = threading.Lock()
        self._ready: Classifier | None = None
        metrics.promoted(served)

    def take(self) -> Classifier | None:
        """The version to judge with from now on, once; ``None`` where the one in use is to stay."""
        if self._ready is None:
            return None
        with self._lock:
            ready, self._ready = self._ready, None
        return ready

    def look(self, now: float) -> None:
        """Load the promoted version unless it is the newest here; nothing that it meets is raised.

        A refused version is tried again when the promotion or its files change, and otherwise
        after a pause that grows. ``now`` is in monotonic seconds.
        """
        state = self._state()
        if self._is_settled(state, now):
            return
        try:
            self._follow()
        except ModelError as error:
            self._refuse(state, error.reason.value, str(error), now)
        except Exception as error:  # noqa: BLE001 - whatever a version does to the libraries, the old one serves on
            self._refuse(state, FAILED, f"{type(error).__name__}: {error}", now)
        else:
            self._settled, self._refused = state, None

    def _state(self) -> str:
        try:
            return self._registry.state()
        except Exception:  # noqa: BLE001 - what is wrong shows again, and is told, when the registry is read
            return ""

    def _is_settled(self, state: str, now: float) -> bool:
        refused = self._refused
        if refused is None:
            return state == self._settled != ""
        is_same = refused.state == state and refused.files == self._files_of(refused.version)
        return is_same and now < refused.retry_at

    def _follow(self) -> None:
        self._promoted, self._files = None, ()
        self._promoted = version = self._registry.current()
        self._metrics.promoted(version)
        if version == self._newest:
            return
        self._files = self._files_of(version)
        started = time.monotonic()
        classifier = self._load(version)
        with self._lock:
            self._ready = classifier
        self._newest = version
        log.info("model version %d is loaded after %.2f s", version, time.monotonic() - started)

    def _refuse(self, state: str, outcome: str, message: str, now: float) -> None:
        before = self._refused
        is_same = before is not None and (before.state, before.files) == (state, self._files)
        pause_s = min(2 * before.pause_s, MAX_RETRY_AFTER_S) if before and is_same else RETRY_AFTER_S
        self._refused = _Refused(state, self._promoted, self._files, message, pause_s, now + pause_s)
        self._metrics.reloaded(outcome)
        # What does not answer says nothing about what is promoted.
        if self._promoted is None and outcome != Refusal.UNREACHABLE:
            self._metrics.promoted(None)
        if before is None or before.message != message:
            log.error("model version %d serves on, since the promoted one is refused: %s", self._newest, message)

    def _files_of(self, version: int | None) -> _Files:
        """What shows that somebody repaired a version in place; a remote one shows when it is tried again."""
        if version is None:
            return ()
        try:
            folder = self._registry.folder / str(version)
            found = [(path, path.stat()) for path in sorted(folder.rglob("*"))]
        except OSError:
            return ()
        return tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in found)
