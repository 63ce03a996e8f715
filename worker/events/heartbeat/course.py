"""The bursts one after the other: each has its outcome when its frames have come, another one's come, or time is up."""

import logging

from shared.heartbeat_faces import HeartbeatOutcome
from shared.leases import Lease
from worker.events.heartbeat.burst import Answer, Burst, lost
from worker.events.heartbeat.ledger import Ledger, Standing
from worker.events.heartbeat.reading import Results
from worker.events.reorder import Arrival

log = logging.getLogger(__name__)


class Course:
    """Goes on from what is stored, while one lease holds; drop it when a commit fails: what is stored knows better."""

    def __init__(self, ledger: Ledger, results: Results, standing: Standing, lost_after_s: float) -> None:
        """A burst that was sent has ``lost_after_s`` seconds from when it is first heard of."""
        self._ledger = ledger
        self._results = results
        self._decided = standing.decided
        self._read_to = standing.stream_id
        self._lost_after_s = lost_after_s
        self._burst: Burst | None = None
        self._heard: dict[int, float] = {}  # number of a burst -> monotonic instant at which it was heard of

    def advance(self, lease: Lease, now: float) -> None:
        """Decide what can be decided at ``now``, in monotonic seconds.

        Raises:
            LeaseLost, redis.RedisError: as ``Ledger.commit``.
        """
        while arrivals := self._results.next():
            # Behind the reading: what was read of a burst was sent before.
            sent = self._ledger.load().sent
            for arrival in arrivals:
                # What a state server that lost all knows nothing of was sent before it did.
                if arrival.result.epoch <= sent:
                    self._take(arrival, lease)
        sent = self._ledger.load().sent
        if sent > self._decided:
            self._heard.setdefault(sent, now)
        overdue = [epoch for epoch, heard in self._heard.items() if now - heard > self._lost_after_s]
        if overdue:
            self._give_up(max(overdue), lease)

    def _take(self, arrival: Arrival, lease: Lease) -> None:
        epoch = arrival.result.epoch
        if epoch <= self._decided or (self._burst is not None and epoch < self._burst.epoch):
            return  # too late, or read again
        if self._burst is not None and epoch > self._burst.epoch:
            self._decide(self._burst.finish(), lease)
        self._burst = self._burst or Burst(epoch)
        self._read_to = arrival.entry_id
        self._burst.take(arrival)
        if self._burst.is_complete:
            self._decide(self._burst.finish(), lease)

    def _give_up(self, epoch: int, lease: Lease) -> None:
        """Decide bursts up to this one without what has not come."""
        if self._burst is not None and self._burst.epoch <= epoch:
            self._decide(self._burst.finish(), lease)
        if epoch > self._decided:
            self._decide(lost(epoch), lease)
        self._results.rewind_where_ids_fell()

    def _decide(self, answer: Answer, lease: Lease) -> None:
        self._ledger.commit(lease, self._decided, answer, self._read_to)
        if answer.outcome is not HeartbeatOutcome.RIGHT:
            log.warning("heartbeat %d: the picture of known faces came out %s", answer.epoch, answer.outcome)
        self._decided, self._burst = answer.epoch, None
        self._heard = {each: heard for each, heard in self._heard.items() if each > answer.epoch}
