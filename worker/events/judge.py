"""One camera's judge: ordered results in, counts and violations out. No clock, no input or output.

Its state is small and serialisable; a judge restored from it goes on as if never interrupted.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import BaseModel

from shared.messages import Detection, FrameOutcome, FrameResult, Label, Violation, ViolationState
from shared.streams import CountField
from worker.events.doubt import Doubt, DoubtRule, is_doubtful
from worker.events.reorder import Arrival
from worker.events.track import OpenViolation, Track
from worker.events.tracker import Limits, View, follow
from worker.events.trust import trust

_FIRM_SCORE = 2.0  # two clear fifths of a second more for bare than against
_MASKED_SCORE = -1.0
_BETTER_SNAPSHOT = 1.25  # so much better before a snapshot is replaced
_UPDATE_INTERVAL_S = 5.0
_USUAL_INTERVAL_S = 0.2  # taken for a camera's first frame


@dataclass(frozen=True)
class Rules:
    """What the operator sets of voting and tracking."""

    limits: Limits
    min_observations: int = 3  # fewer are no person
    min_duration_s: float = 0.3  # seen for less time is no person
    doubt: DoubtRule | None = None  # none keeps no face for review


@dataclass
class Verdict:
    """What a stretch of frames added: counts by field, violations by id as they now stand, snapshots by id, doubts."""

    counts: Counter[str] = field(default_factory=Counter)
    violations: dict[str, list[Violation]] = field(default_factory=dict)  # id -> its changes, in order
    snapshots: dict[str, bytes] = field(default_factory=dict)  # violation id -> JPEG
    doubts: list[Doubt] = field(default_factory=list)


class JudgeState(BaseModel):
    """All that a judge remembers."""

    tracks: list[Track] = []
    last_frame_at: float | None = None
    model_version: int = 0
    detector: str = ""
    doubted_at: float | None = None


class Judge:
    """Tracks the faces of one camera and opens one violation for each person who is surely bare."""

    def __init__(self, camera: str, rules: Rules, state: JudgeState | None = None) -> None:
        """Begin, or go on from a checkpoint's state."""
        self._camera = camera
        self._rules = rules
        self.state = state or JudgeState()

    def take(self, arrival: Arrival, verdict: Verdict) -> None:
        """Judge the camera's next frame, adding to the verdict."""
        result = arrival.result
        verdict.counts[_outcome_field(result)] += 1
        if result.outcome is not FrameOutcome.PROCESSED:
            return
        self.state.model_version, self.state.detector = result.model_version, result.detector
        for detection in result.detections:
            verdict.counts[f"{CountField.FACES}:{detection.label}"] += 1
        now = result.captured_at.timestamp()
        frame_id = f"{result.epoch}-{result.sequence}"
        view = View(frame_id, now, result.width, result.height, result.detections, result.scanned)
        observed, ended = follow(self.state.tracks, view, self._rules.limits)
        for track in ended:
            self._end(track, verdict)
        interval_s = self._interval(now)
        for track in self.state.tracks:
            if track.last_seen < now and view.looked_for(track):
                track.vote.fade(interval_s)
        for track, detection in observed:
            track.vote.add(detection, trust(detection, view), interval_s)
            self._consider(track, detection, view, arrival, verdict)
            self._doubt(track, detection, view, arrival, verdict)
        self.state.last_frame_at = now

    def finish(self, verdict: Verdict) -> None:
        """End every track: the source is over."""
        for track in self.state.tracks:
            self._end(track, verdict)
        self.state = JudgeState(doubted_at=self.state.doubted_at)

    def _interval(self, now: float) -> float:
        before = self.state.last_frame_at
        return _USUAL_INTERVAL_S if before is None else max(0.0, now - before)

    def _consider(self, track: Track, detection: Detection, view: View, arrival: Arrival, verdict: Verdict) -> None:
        """Open a violation when the vote is firm; keep an open one's life and snapshot up to date."""
        if detection.label is Label.WITH_MASK:
            return
        if track.violation is not None:
            track.violation.confidence = max(track.violation.confidence, track.vote.bare_confidence)
        quality = trust(detection, view) * detection.confidence * detection.box.width
        state = self._next_state(track, quality, view.now)
        if state is None:
            return
        before = track.violation
        track.violation = OpenViolation(
            opened_at=before.opened_at if before else view.now,
            published_at=view.now,
            snapshot_quality=max(quality, before.snapshot_quality) if before else quality,
            confidence=before.confidence if before else track.vote.bare_confidence,
        )
        verdict.counts[CountField.VIOLATIONS] += before is None
        violation_id = self._publish(track, track.violation, state, verdict)
        face = arrival.faces.get(arrival.result.detections.index(detection))
        if face and (before is None or quality > before.snapshot_quality):
            verdict.snapshots[violation_id] = face

    def _doubt(self, track: Track, detection: Detection, view: View, arrival: Arrival, verdict: Verdict) -> None:
        """Set a face aside for review; counts and votes never depend on it."""
        index = arrival.result.detections.index(detection)
        jpeg, rule = arrival.faces.get(index), self._rules.doubt
        if jpeg and rule and is_doubtful(rule, track, detection, view, self.state.doubted_at):
            track.was_doubted, self.state.doubted_at = True, view.now
            verdict.doubts.append(Doubt(arrival.result, index, jpeg))

    def _next_state(self, track: Track, quality: float, now: float) -> ViolationState | None:
        """What a bare observation makes of the track's violation; ``None`` when nothing is worth saying."""
        opened = track.violation
        if opened is None:
            is_firm = self._is_person(track) and track.vote.score >= _FIRM_SCORE
            return ViolationState.OPENED if is_firm else None
        is_better = quality > opened.snapshot_quality * _BETTER_SNAPSHOT
        is_due = now - opened.published_at >= _UPDATE_INTERVAL_S
        return ViolationState.UPDATED if is_better or is_due else None

    def _is_person(self, track: Track) -> bool:
        vote = track.vote
        # Intervals add up with rounding errors: three frames at 10/s are 0.30000000000000004 s or less.
        is_long_enough = vote.seen_s >= self._rules.min_duration_s - 1e-6
        return vote.observations >= self._rules.min_observations and is_long_enough

    def _end(self, track: Track, verdict: Verdict) -> None:
        if track.violation is not None:
            self._publish(track, track.violation, ViolationState.ENDED, verdict)
        if self._is_person(track):
            verdict.counts[f"{CountField.PEOPLE}:{_person_outcome(track)}"] += 1

    def _publish(self, track: Track, opened: OpenViolation, state: ViolationState, verdict: Verdict) -> str:
        violation = Violation(
            id=f"{self._camera}-{track.id}",
            camera=self._camera,
            state=state,
            first_seen=_instant(track.first_seen),
            opened_at=_instant(opened.opened_at),
            last_seen=_instant(track.last_seen),
            confidence=round(opened.confidence, 4),
            observations=track.vote.observations,
            box=track.box,
            model_version=self.state.model_version,
            detector=self.state.detector,
        )
        verdict.violations.setdefault(violation.id, []).append(violation)
        return violation.id


def _outcome_field(result: FrameResult) -> str:
    if result.outcome is FrameOutcome.PROCESSED:
        return CountField.PROCESSED
    kind = CountField.DROPPED if result.outcome is FrameOutcome.DROPPED else CountField.DEAD_LETTERED
    return f"{kind}:{result.reason}"


def _person_outcome(track: Track) -> str:
    if track.violation is not None:
        return Label.WITHOUT_MASK
    return Label.WITH_MASK if track.vote.score <= _MASKED_SCORE else "cannot_tell"


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
