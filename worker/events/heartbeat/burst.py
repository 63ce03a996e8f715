"""What one burst of known faces came to, by the judge that counts people. No clock, no input or output."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from shared.heartbeat_faces import FRAME_INTERVAL_S, FRAMES, HALVES, HeartbeatOutcome
from shared.messages import FrameOutcome, FrameResult, Label
from shared.streams import HEARTBEAT_CAMERA, CountField
from shared.zones import Point, Zone
from worker.events.judge import Judge
from worker.events.reorder import Arrival, Gap, Reorder
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import Verdict

# As shipped, and not as the operator set them: how many looks a burst has is known.
RULES = Rules(limits=Limits())
_WINDOW = timedelta(seconds=60)  # longer than a burst: what is missing is given up when the burst is


@dataclass(frozen=True)
class Answer:
    """The outcome of a burst; ``is_right`` says it of each face, ``sent_at`` is in seconds since the epoch."""

    epoch: int
    outcome: HeartbeatOutcome
    is_right: dict[Label, bool]
    sent_at: float = 0.0
    judged_ms: int = 0  # when its last frame was judged, by the frames server's clock; 0 for none
    model_version: int = 0
    detector: str = ""


def lost(epoch: int) -> Answer:
    """The answer where nothing came of a burst."""
    return Answer(epoch, HeartbeatOutcome.LOST, dict.fromkeys(HALVES, False))


class Burst:
    """Takes in the results of one burst, in any order and any number of times.

    Each half of the picture has a judge of its own, for which faces in the other half do not count.
    """

    def __init__(self, epoch: int) -> None:
        """Nothing has come of it yet."""
        self.epoch = epoch
        self._reorder = Reorder(epoch, 0, "0-0", _WINDOW)
        self._judges = {label: _judge_of(*half) for label, half in HALVES.items()}
        self._verdicts = {label: Verdict() for label in HALVES}
        self._judged: list[FrameResult] = []
        self._first: FrameResult | None = None
        self._judged_ms = 0

    @property
    def is_complete(self) -> bool:
        """Whether every frame has ended, one way or another."""
        return self._reorder.next_sequence >= FRAMES

    def take(self, arrival: Arrival) -> None:
        """Take in a result of this epoch."""
        self._judge(self._reorder.push(arrival))

    def finish(self) -> Answer:
        """What it came to, with what has come of it."""
        self._judge(self._reorder.flush())
        if self._first is None or not self._judged:
            return lost(self.epoch)
        for label, judge in self._judges.items():
            judge.finish(self._verdicts[label])
        is_right = {label: _is_as_known(label, verdict) for label, verdict in self._verdicts.items()}
        return Answer(
            epoch=self.epoch,
            outcome=self._outcome(all(is_right.values())),
            is_right=is_right,
            sent_at=self._first.captured_at.timestamp() - self._first.sequence * FRAME_INTERVAL_S,
            judged_ms=self._judged_ms,
            model_version=self._judged[-1].model_version,
            detector=self._judged[-1].detector,
        )

    def _outcome(self, is_right: bool) -> HeartbeatOutcome:
        if is_right:
            return HeartbeatOutcome.RIGHT
        # Too few looks to tell of a person are no fault of the model's.
        is_seen = len(self._judged) >= RULES.min_observations
        return HeartbeatOutcome.WRONG if is_seen else HeartbeatOutcome.LOST

    def _judge(self, ordered: Iterator[Arrival | Gap]) -> None:
        for each in ordered:
            for label, judge in self._judges.items():
                if isinstance(each, Gap):
                    judge.miss()
                else:
                    judge.take(each, self._verdicts[label])
            if isinstance(each, Arrival):
                self._note(each)

    def _note(self, arrival: Arrival) -> None:
        self._first = self._first or arrival.result
        if arrival.result.outcome is FrameOutcome.PROCESSED:
            self._judged.append(arrival.result)
            self._judged_ms = max(self._judged_ms, int(arrival.entry_id.partition("-")[0]))


def _judge_of(left: float, right: float) -> Judge:
    judge = Judge(HEARTBEAT_CAMERA, RULES)
    corners = (Point(left, 0), Point(right, 0), Point(right, 1), Point(left, 1))
    judge.zones = (Zone(corners=corners),)
    return judge


def _is_as_known(label: Label, verdict: Verdict) -> bool:
    """Whether one person was counted, with that label, and a violation if that is one."""
    people = {field: count for field, count in verdict.counts.items() if field.startswith(f"{CountField.PEOPLE}:")}
    violations = verdict.counts[CountField.VIOLATIONS]
    return people == {f"{CountField.PEOPLE}:{label}": 1} and violations == (label is Label.WITHOUT_MASK)
