"""Puts a camera's results back in sequence: the consumer group finishes them out of order.

Knows nothing of Redis but that entry ids rise. A lossless camera's missing frame is waited for; a
live camera's is given up when newer frames are older than the window.

Frames that the producer held back come at once, those that workers judge after a while. So the window reaches
to the newest of the latter: a slow worker's frames are not given up because of what overtook them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate, pairwise

from shared.messages import HELD_BACK, FrameResult
from worker.events.camera_clock import time_between


@dataclass(frozen=True)
class Arrival:
    """A result as it was read: its entry's id, and the JPEG crops of its faces by detection index."""

    entry_id: str
    result: FrameResult
    faces: dict[int, bytes]


@dataclass(frozen=True)
class Gap:
    """Frames of one epoch that will not come: as many as ``frames``."""

    frames: int


class Reorder:
    """The window of one camera; ``epoch`` and ``next_sequence`` are what the checkpoint keeps."""

    def __init__(self, epoch: int, next_sequence: int, read_to: str, window: timedelta) -> None:
        """Go on behind what is judged; ``read_to`` is the id of the last entry accounted for."""
        self.epoch = epoch
        self.next_sequence = next_sequence
        self.read_to = read_to
        self._window = window
        self._held: dict[int, Arrival] = {}

    def push(self, arrival: Arrival) -> Iterator[Arrival | Gap]:
        """Take in one result; give out what is now in order, with the gaps that were given up."""
        self.read_to = arrival.entry_id
        result = arrival.result
        if result.epoch != self.epoch or result.sequence < self.next_sequence:
            return  # delivered twice, or by an owner of before
        self._held.setdefault(result.sequence, arrival)
        yield from self._in_order()
        while self._held and result.on_overload == "drop_oldest" and self._spread() > self._window:
            yield from self._give_up_gap()

    def begin_epoch(self, epoch: int) -> None:
        """Expect a newer epoch from its first frame; flush the one before first."""
        self.epoch, self.next_sequence = epoch, 0

    def flush(self) -> Iterator[Arrival | Gap]:
        """Give out all that is held, gaps given up: nothing more is to come in this epoch."""
        while self._held:
            yield from self._give_up_gap()

    @property
    def is_holding(self) -> bool:
        """Whether results wait for one that is missing."""
        return bool(self._held)

    def checkpoint_id(self) -> str:
        """The id from which a successor must read on so as to see again all that is held here."""
        if not self._held:
            return self.read_to
        first_held = min((arrival.entry_id for arrival in self._held.values()), key=_parse)
        return min(_before(first_held), self.read_to, key=_parse)  # what is read again may have lower ids

    def has_read_past(self, newest_id: str) -> bool:
        """Whether entries were read whose ids lie above the newest one that there is."""
        return _parse(newest_id) < _parse(self.read_to)

    def _in_order(self) -> Iterator[Arrival]:
        while (arrival := self._held.pop(self.next_sequence, None)) is not None:
            self.next_sequence += 1
            yield arrival

    def _give_up_gap(self) -> Iterator[Arrival | Gap]:
        first = min(self._held)
        yield Gap(first - self.next_sequence)
        self.next_sequence = first
        yield from self._in_order()

    def _spread(self) -> timedelta:
        """How much time lies between the first frame held and the last one that came through a worker."""
        held = [self._held[sequence] for sequence in sorted(self._held)]
        times = accumulate((_time_between(*pair) for pair in pairwise(held)), initial=timedelta(0))
        judged = [at for at, each in zip(times, held, strict=True) if each.result.reason not in HELD_BACK]
        return max(judged, default=timedelta(0))


def _time_between(before: Arrival, after: Arrival) -> timedelta:
    """By the camera's clock; across missing frames, which may hide a step of it, the frames server's at most."""
    (came_ms, _), (then_came_ms, _) = _parse(before.entry_id), _parse(after.entry_id)
    return time_between(before.result, after.result, timedelta(milliseconds=abs(then_came_ms - came_ms)))


def _parse(entry_id: str) -> tuple[int, int]:
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


def _before(entry_id: str) -> str:
    """The greatest possible id below an entry's."""
    milliseconds, number = _parse(entry_id)
    return f"{milliseconds}-{number - 1}" if number else f"{milliseconds - 1}-{2**64 - 1}"
