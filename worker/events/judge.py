"""One camera's judge: ordered results in, counts and violations out. No clock, no input or output.

Its state is small and serialisable; a judge restored from it goes on as if never interrupted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.messages import (
    Box,
    Detection,
    DropReason,
    FrameOutcome,
    FrameResult,
    Label,
    SnapshotRequest,
    Violation,
    ViolationState,
)
from shared.streams import CountField, quarter_of
from shared.zones import Zone, counts_at
from worker.events.doubt import Doubt, DoubtRule, is_doubtful
from worker.events.reorder import Arrival
from worker.events.track import OpenViolation, Track
from worker.events.tracker import Limits, follow
from worker.events.trust import trust
from worker.events.verdict import JudgeState, Snapshot, Verdict
from worker.events.view import View

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


class Judge:
    """Tracks the faces of one camera and opens one violation for each person who is surely bare.

    ``zones`` say where faces count, from the next frame on. Faces elsewhere are tracked, so that who leaves a
    zone and comes back is one person, and add to nothing else.
    """

    def __init__(self, camera: str, rules: Rules, state: JudgeState | None = None) -> None:
        """Begin, or go on from a checkpoint's state."""
        self.zones: Sequence[Zone] = ()
        self._camera = camera
        self._rules = rules
        self.state = state or JudgeState()

    def take(self, arrival: Arrival, verdict: Verdict) -> None:
        """Judge the camera's next frame, adding to the verdict."""
        result = arrival.result
        verdict.quarter = quarter_of(result.captured_at)
        verdict.add(_outcome_field(result))
        before = self.state.clock.last_at
        now = self.state.clock.read(result)
        interval_s = 0.0 if before is None else now - before
        if result.reason is DropReason.UNCHANGED:
            self._pass_over(self.state.tracks, now, interval_s)
        if result.outcome is not FrameOutcome.PROCESSED:
            return
        self._take_size(result.width, result.height)
        frame_id = f"{result.epoch}-{result.sequence}"
        view = View(frame_id, now, result.width, result.height, result.detections, result.scanned)
        self._judge(view, arrival, interval_s, verdict)

    def _judge(self, view: View, arrival: Arrival, interval_s: float, verdict: Verdict) -> None:
        result, now = arrival.result, view.now
        self.state.model_version, self.state.detector = result.model_version, result.detector
        counted = [each for each in result.detections if self._counts(each.box, view)]
        for each in counted:
            verdict.add(f"{CountField.FACES}:{each.label}")
        followed = follow(self.state.tracks, view, self._rules.limits)
        for track in followed.ended:
            self._end(track, verdict)
        for track in followed.missed:
            if self._counts(track.box, view):
                track.vote.fade(self._interval(track, now))
            track.voted_at = now
        self._pass_over(followed.unsought, now, interval_s)
        for track, detection in followed.observed:
            if any(each is detection for each in counted):
                track.count(now)
                track.vote.add(detection, trust(detection, view), self._interval(track, now))
                self._consider(track, detection, view, arrival, verdict)
                self._doubt(track, detection, view, arrival, verdict)
            track.voted_at = now
        self.state.last_frame_at = now

    def _pass_over(self, tracks: Iterable[Track], now: float, interval_s: float) -> None:
        """Take in that nothing moved where these faces were last seen."""
        for track in tracks:
            track.pass_over(interval_s)
            if track.is_still and track.vote.stay(interval_s):
                track.voted_at = now

    def finish(self, verdict: Verdict) -> None:
        """End every track: the source is over."""
        if self.state.clock.last_at is not None:
            verdict.quarter = quarter_of(self._instant(self.state.clock.last_at))
        for track in self.state.tracks:
            self._end(track, verdict)
        doubted_at = self.state.doubted_at
        # The next pass or source begins with a clock of its own.
        self.state = JudgeState(doubted_at=None if doubted_at is None else self.state.clock.wall(doubted_at))

    def _counts(self, box: Box, view: View) -> bool:
        x, y = box.centre
        return counts_at(self.zones, x / view.width, y / view.height)

    def _take_size(self, width: int, height: int) -> None:
        """Go over to pixels of a picture of another size or shape: who is in view stays where he is in it."""
        old_width, old_height = self.state.size or (width, height)
        if (old_width, old_height) != (width, height):
            for track in self.state.tracks:
                track.rescale(width / old_width, height / old_height)
        self.state.size = (width, height)

    def _interval(self, track: Track, now: float) -> float:
        """For how long an observation speaks: since the vote last heard of the face, for a new one the last frame."""
        before = self.state.last_frame_at if track.voted_at is None else track.voted_at
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
        verdict.add(CountField.VIOLATIONS, before is None)
        violation_id = self._publish(track, track.violation, state, verdict)
        face = arrival.faces.get(arrival.result.detections.index(detection))
        if face and (before is None or quality > before.snapshot_quality):
            request = self._snapshot_request(violation_id, track.violation, detection, arrival.result)
            verdict.snapshots[violation_id] = Snapshot(face, request)

    def _snapshot_request(
        self, violation_id: str, opened: OpenViolation, detection: Detection, result: FrameResult
    ) -> SnapshotRequest:
        return SnapshotRequest(
            violation=violation_id,
            camera=self._camera,
            opened_at=self._instant(opened.opened_at),
            captured_at=result.captured_at,
            frame_entry_id=result.frame_entry_id,
            width=result.width,
            height=result.height,
            box=detection.box,
            others=tuple(each.box for each in result.detections if each is not detection),
        )

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
            verdict.add(f"{CountField.PEOPLE}:{_person_outcome(track)}")

    def _publish(self, track: Track, opened: OpenViolation, state: ViolationState, verdict: Verdict) -> str:
        violation = Violation(
            id=f"{self._camera}-{track.id}",
            camera=self._camera,
            state=state,
            first_seen=self._instant(track.first_seen if track.counted_from is None else track.counted_from),
            opened_at=self._instant(opened.opened_at),
            last_seen=self._instant(track.last_seen if track.counted_to is None else track.counted_to),
            confidence=round(opened.confidence, 4),
            observations=track.vote.observations,
            box=track.counted_box or track.box,
            model_version=self.state.model_version,
            detector=self.state.detector,
        )
        verdict.violations.setdefault(violation.id, []).append(violation)
        return violation.id

    def _instant(self, instant: float) -> datetime:
        return datetime.fromtimestamp(self.state.clock.wall(instant), UTC)


def _outcome_field(result: FrameResult) -> str:
    if result.outcome is FrameOutcome.PROCESSED:
        return CountField.PROCESSED
    kind = CountField.DROPPED if result.outcome is FrameOutcome.DROPPED else CountField.DEAD_LETTERED
    return f"{kind}:{result.reason}"


def _person_outcome(track: Track) -> str:
    if track.violation is not None:
        return Label.WITHOUT_MASK
    return Label.WITH_MASK if track.vote.score <= _MASKED_SCORE else "cannot_tell"
