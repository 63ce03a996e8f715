"""Lossless cameras wait for the judges at the far end; what was lost on the way is published again."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import redis

from producer.lossless.progress import PassProgress
from producer.publishing.outage import Outage

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

POLL_S = 0.05  # at first, and whenever something has moved
MAX_POLL_S = 0.5  # many files may wait for few workers
MAX_PATIENCE_S = 60.0


class Stopped(Exception):
    """The camera was told to stop: leave at once."""


class Rewind(Exception):
    """Frames were lost on the way: publish again from ``sequence`` on; those judged already are recognised."""

    def __init__(self, sequence: int) -> None:
        """Go back to that number."""
        super().__init__(f"from frame {sequence} on")
        self.sequence = sequence


class FlowControl:
    """Holds a file back while ``max_in_flight`` of its frames are published and unjudged.

    When nothing moves for ``patience_s`` although no worker has anything to do, the frames server
    lost what it held. The patience doubles with each rewind that did not help, up to a minute, since
    it may also be the events stage that is away.
    """

    def __init__(
        self, progress: PassProgress, stop: threading.Event, max_in_flight: int, patience_s: float = 5.0
    ) -> None:
        """Watch ``progress`` until ``stop`` is set."""
        self._progress = progress
        self._stop = stop
        self._max_in_flight = max_in_flight
        self._first_patience_s = patience_s
        self._patience_s = patience_s
        self._judged = 0

    def wait_for_room(self, sequence: int) -> None:
        """Return when the frame with that number may be published.

        Raises:
            Stopped, Rewind: see there.
        """
        if sequence - self._judged >= self._max_in_flight:
            self._wait(lambda: sequence - self._judged < self._max_in_flight)

    def wait_until_judged(self, total: int) -> None:
        """Return when ``total`` frames are judged.

        Raises:
            Stopped, Rewind: see there.
        """
        self._wait(lambda: self._judged >= total or self.ask(self._progress.is_done))

    def rewind(self) -> Rewind:
        """To where the judges are now."""
        return Rewind(self.ask(self._progress.judged))

    def ask(self, question: Callable[[], _T]) -> _T:
        """The answer of the servers, as soon as they give one.

        Raises:
            Stopped: see there.
        """
        outage = Outage("servers of a file's progress")
        while True:
            try:
                answer = question()
            except redis.RedisError as error:
                outage.begin(error)
                self._pause(0.5)
            else:
                outage.end()
                return answer

    def _wait(self, is_enough: Callable[[], bool]) -> None:
        moved_at, poll_s = time.monotonic(), POLL_S
        while True:
            judged = self.ask(self._progress.judged)
            if judged > self._judged:
                moved_at, self._patience_s, poll_s = time.monotonic(), self._first_patience_s, POLL_S
            self._judged = judged
            if is_enough():
                return
            if time.monotonic() - moved_at > self._patience_s:
                self._rewind_if_lost()
                moved_at = time.monotonic()
            self._pause(poll_s)
            poll_s = min(MAX_POLL_S, 1.2 * poll_s)

    def _rewind_if_lost(self) -> None:
        if not self.ask(self._progress.has_unjudged_frames):
            self._patience_s = min(MAX_PATIENCE_S, 2 * self._patience_s)
            _log.info("frames from %d on are neither waiting nor judged: publishing them again", self._judged)
            raise Rewind(self._judged)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped
