"""One camera's judge: ordered results in, counts and violations out. No clock, no input or output.

Its state is small and serialisable; a judge restored from it goes on as if never interrupted.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from shared.messages import (
    Box,
    Detection,
    DropReason,
    FrameOutcome,
    FrameResult,
    PersonOutcome,
    ViolationState,
)
from shared.streams import CountField, quarter_of
from shared.zones import Zone, counts_at, zone_at
from worker.events import spells
from worker.events.doubt import Doubt, is_doubtful
from worker.events.publishing import request_of, violation_id_of, violation_of
from worker.events.reorder import Arrival
from worker.events.rules import Rules
from worker.events.sights import frame_tracks
from worker.events.spells import Change, Sight
from worker.events.track import Spell, Track
from worker.events.tracker import follow
from worker.events.trust import Quality, quality_of
from worker.events.verdict import JudgeState, Snapshot, Verdict
from worker.events.view import View
from worker.events.vote import FULL_STEP_S

_USUAL_INTERVAL_S = 0.2  # taken for a camera's first frame


class Judge:
    """Tracks the faces of one camera and opens one violation for each spell of a person without a mask.

    ``zones`` say where faces count, from the next frame on. Faces elsewhere are tracked, so that who leaves a
    zone and comes back is one person, and add to nothing else. ``blind_after_s`` is the time between two sights
    of the scene beyond which it counts as not seen.
    """

    def __init__(self, camera: str, rules: Rules, state: JudgeState | None = None) -> None:
        """Begin, or go on from a checkpoint's state."""
        self.zones: Sequence[Zone] = ()
        self.is_watched = False  # somebody wants to see who is in each frame
        self.blind_after_s = rules.blind_after_s
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
        is_blind = self._watch(result, now, verdict)
        interval_s = self.state.watch.interval_s(result, 0.0 if before is None else now - before, is_blind=is_blind)
        if result.reason is DropReason.UNCHANGED:
            self._pass_over(self.state.tracks, now, interval_s)
        if result.outcome is not FrameOutcome.PROCESSED:
            return
        self._take_size(result.width, result.height)
        frame_id = f"{result.epoch}-{result.sequence}"
        view = View(frame_id, now, result.width, result.height, result.detections, result.scanned)
        self._judge(view, arrival, interval_s, verdict)

    def miss(self) -> None:
        """Frames before the next one were captured and lost."""
        self.state.watch.miss()

    def _watch(self, result: FrameResult, now: float, verdict: Verdict) -> bool:
        """Count for how long the scene was seen or not; while it was not, nobody in it was looked for.

        True where this frame ends a stretch in which it was not.
        """
        stretch = self.state.watch.take(result, now, self.blind_after_s)
        if stretch is None:
            return False
        if stretch.blind is None:
            verdict.add(CountField.WATCHED_MS, stretch.milliseconds)
            return False
        verdict.add(f"{CountField.BLIND_MS}:{stretch.blind}", stretch.milliseconds)
        for track in self.state.tracks:
            track.unsought_s += stretch.milliseconds / 1000
        return True

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
                self._observe(track, detection, view, arrival, verdict)
            track.voted_at = now
        self.state.last_frame_at = now
        if self.is_watched:
            still = [track for track in followed.unsought if track.is_still]
            verdict.sights.append(frame_tracks(result, self.zones, followed.observed, still))

    def _observe(self, track: Track, detection: Detection, view: View, arrival: Arrival, verdict: Verdict) -> None:
        """Take in a face that counts."""
        quality, interval_s = quality_of(detection, view), self._interval(track, view.now)
        track.count(view.now)
        track.vote.add(detection, quality.weight, interval_s)
        track.look.add(detection.box.width, quality.weight, quality.worst, min(interval_s, FULL_STEP_S))
        sight = self._sight(detection, view, quality)
        spell = track.spell
        change = spells.observe(track, sight, self._rules)
        spell = track.spell or spell
        if change is not None and spell is not None:
            self._publish_change(track, spell, change, verdict)
        if change in (Change.OPENED, Change.BETTER) and spell is not None:
            self._picture(track, spell, detection, arrival, verdict)
        self._doubt(track, detection, view, arrival, verdict)

    def _sight(self, detection: Detection, view: View, quality: Quality) -> Sight:
        x, y = detection.box.centre
        zone = zone_at(self.zones, x / view.width, y / view.height)
        return Sight(
            detection=detection,
            now=view.now,
            quality=quality.weight * detection.confidence * detection.box.width,
            zone=zone.name if zone else None,
            model_version=self.state.model_version,
            detector=self.state.detector,
        )

    def _pass_over(self, tracks: Iterable[Track], now: float, interval_s: float) -> None:
        """Take in that nothing moved where these faces were last seen."""
        for track in tracks:
            track.pass_over(interval_s)
            if track.is_still:
                spells.stay(track, now, interval_s)
                if track.vote.stay(interval_s):
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

    def _publish_change(self, track: Track, spell: Spell, change: Change, verdict: Verdict) -> None:
        verdict.add(CountField.VIOLATIONS, change is Change.OPENED)
        states = {Change.OPENED: ViolationState.OPENED, Change.OVER: ViolationState.ENDED}
        self._publish(track, spell, states.get(change, ViolationState.UPDATED), verdict)
        if change is Change.OVER:
            track.spell = None

    def _picture(self, track: Track, spell: Spell, detection: Detection, arrival: Arrival, verdict: Verdict) -> None:
        """Have the picture kept that this observation came from."""
        result, violation_id = arrival.result, violation_id_of(self._camera, track)
        face = arrival.faces.get(result.detections.index(detection))
        if not face:
            return
        opened_at = self._instant(spell.opened_at)
        verdict.snapshots[violation_id] = Snapshot(face, request_of(violation_id, opened_at, detection, result))

    def _doubt(self, track: Track, detection: Detection, view: View, arrival: Arrival, verdict: Verdict) -> None:
        """Set a face aside for review; counts and votes never depend on it."""
        index = arrival.result.detections.index(detection)
        jpeg, rule = arrival.faces.get(index), self._rules.doubt
        if jpeg and rule and is_doubtful(rule, track, detection, view, self.state.doubted_at):
            track.was_doubted, self.state.doubted_at = True, view.now
            verdict.doubts.append(Doubt(arrival.result, index, jpeg))

    def _end(self, track: Track, verdict: Verdict) -> None:
        if track.spell is not None:
            self._publish(track, track.spell, ViolationState.ENDED, verdict)
        if not spells.is_person(track, self._rules):
            return
        outcome = _outcome(track)
        verdict.add(f"{CountField.PEOPLE}:{outcome}")
        verdict.add(f"{CountField.PEOPLE_BY_SIZE}:{track.look.size}:{outcome}")
        if outcome is PersonOutcome.CANNOT_TELL:
            verdict.add(f"{CountField.UNJUDGED}:{track.look.why_unjudged}")

    def _publish(self, track: Track, spell: Spell, state: ViolationState, verdict: Verdict) -> None:
        violation = violation_of(self._camera, track, spell, state, self._instant)
        verdict.violations.setdefault(violation.id, []).append(violation)

    def _instant(self, instant: float) -> datetime:
        return datetime.fromtimestamp(self.state.clock.wall(instant), UTC)


def _outcome_field(result: FrameResult) -> str:
    if result.outcome is FrameOutcome.PROCESSED:
        return CountField.PROCESSED
    kind = CountField.DROPPED if result.outcome is FrameOutcome.DROPPED else CountField.DEAD_LETTERED
    return f"{kind}:{result.reason}"


def _outcome(track: Track) -> PersonOutcome:
    """What a person came to: somebody who was ever without a mask counts as that, whatever came later."""
    return PersonOutcome(track.worst) if track.worst else track.vote.state
