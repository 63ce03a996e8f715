"""Watches how late one producer's live cameras are judged, and lets give way what has to."""

import logging
import threading
import time
from collections.abc import Callable, Iterable

import redis

from producer.load.controller import LoadController
from producer.load.load_board import LoadBoard
from producer.load.relief import LoadLevel
from producer.load.waiting import WaitingFrames
from producer.metrics import ProducerMetrics

_log = logging.getLogger(__name__)

_INTERVAL_S = 0.25
_WORDS = {
    LoadLevel.RATES: "more to judge than there is time for: frame rates of all cameras are lowered",
    LoadLevel.RESOLUTION: "far more to judge than there is time for: pictures are looked at in a smaller size",
}


class LoadWatch:
    """A thread of its own, which ends with the process."""

    def __init__(
        self,
        waiting: WaitingFrames,
        cameras: Callable[[], Iterable[str]],
        board: LoadBoard,
        metrics: ProducerMetrics,
        late_after_s: float,
    ) -> None:
        """``cameras`` gives the ids of the live cameras that run here; 0 for ``late_after_s`` lets nothing give way."""
        self._waiting = waiting
        self._cameras = cameras
        self._board = board
        self._metrics = metrics
        self._controller = LoadController(late_after_s) if late_after_s else None
        self._said = LoadLevel.NORMAL

    def start(self, stop: threading.Event) -> None:
        """Watch until ``stop`` is set."""
        threading.Thread(target=self._run, args=(stop,), name="load", daemon=True).start()

    def step(self, now: float) -> None:
        """Look once, at ``now`` in monotonic seconds.

        Raises:
            redis.RedisError: the frames server did not answer; what gives way stays as it is.
        """
        # Whichever is later, for together they are no queue: what senders are late with has not been sent.
        lateness_s = max(self._waiting.oldest_s(self._cameras()), self._board.take_delay())
        if self._controller is not None:
            self._board.give_way(self._controller.update(lateness_s, now))
        relief = self._board.relief
        self._metrics.load(lateness_s, relief)
        self._say(relief.level)

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(_INTERVAL_S):
            try:
                self.step(time.monotonic())
            except redis.RedisError:
                continue  # whoever trims says so

    def _say(self, level: LoadLevel) -> None:
        """Log what gets worse, and once that all of it is over: in between it comes and goes."""
        if level > self._said and level in _WORDS:
            _log.warning("%s", _WORDS[level])
            self._said = level
        elif level is LoadLevel.NORMAL and self._said is not LoadLevel.NORMAL:
            _log.info("there is time for all frames again")
            self._said = level
