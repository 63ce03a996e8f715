"""Tells which detections of successive frames are one face: state in, frame in, tracks out.

No clock and no input or output: time is the frame's. Association goes from sure to unsure: clear
detections to tracks in view, weak detections to the tracks left over, then clear detections to
faces that were out of view for a while, for which clothing has to match as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.messages import Box, Detection
from worker.events.clothing import is_covered
from worker.events.matching import Candidate, Pair, assign, is_alike
from worker.events.track import Track
from worker.events.view import View
from worker.events.vote import Vote

_SURE = 0.7  # face confidence from which a detection begins a track: false faces seldom have it
_IN_VIEW_S = 0.5  # unseen for longer, a face must be found again rather than followed
_EDGE = 0.6  # a face nearer to the picture's edge than this, in face sizes, and moving outwards, is leaving
_GONE_S = 0.6  # who was leaving and is unseen for longer has left
_MIN_LOOKS = 3  # in vain, before time in which nobody looked tells that a face is gone
_MOST_LOST = 5.0  # times as long as a face that is always looked for, one that is seldom looked for is kept
_DUPLICATE_OVERLAP = 0.6  # of the smaller box: two boxes on one face
_YOUNG_S = 1.5  # so long a new track may turn out to be an old one
_SAME_PLACE = 0.5  # a track whose face should overlap a detection by more is no other person's


@dataclass(frozen=True)
class Limits:
    """What the operator sets: a face looked for in vain for longer than ``lost_s`` is a new person.

    Time in which nobody looked counts too, once it was looked for in vain a few times or a multiple of
    ``lost_s`` has passed; but not time in which it is known to have kept still.
    """

    lost_s: float = 2.0


@dataclass(frozen=True)
class Followed:
    """What became of tracks in a frame: ``ended`` ones left or were not seen for too long."""

    observed: list[tuple[Track, Detection]]  # new tracks among them
    missed: list[Track]  # looked for in vain
    unsought: list[Track]  # not looked for: their place was not scanned
    ended: list[Track]


def follow(tracks: list[Track], view: View, limits: Limits) -> Followed:
    """Assign one frame's detections to tracks, which change in place; call it for empty frames too.

    ``tracks`` then holds those that go on.
    """
    now = view.now
    ended = [track for track in tracks if _has_ended(track, view, limits)]
    if ended:
        tracks[:] = [track for track in tracks if track not in ended]
    clear, weak = _candidates(view.detections, tracks, now)
    pairs = _pairs(tracks, clear, weak, now)
    unseen = _rest(tracks, pairs)
    missed = [track for track in unseen if view.looked_for(track)]
    for track in missed:
        track.misses += 1
    for track, candidate in pairs:
        track.observe(candidate.detection, candidate.clothing, now)
    new = [each for each in _unpaired(clear, pairs) if each.detection.face_confidence >= _SURE]
    begun = [_begin(each, f"{view.frame_id}-{place}", now) for place, each in enumerate(new)]
    tracks.extend(begun)
    unsought = [track for track in unseen if all(track is not each for each in missed)]
    observed = [(track, candidate.detection) for track, candidate in [*pairs, *zip(begun, new, strict=True)]]
    return Followed(observed, missed, unsought, ended)


def _pairs(tracks: list[Track], clear: Sequence[Candidate], weak: Sequence[Candidate], now: float) -> list[Pair]:
    """Which detections are known faces, from sure to unsure; a new track that turns out to be an old one is dropped."""
    in_view = [track for track in tracks if track.missing_s(now) <= _IN_VIEW_S]
    out_of_view = [track for track in tracks if track.missing_s(now) > _IN_VIEW_S]
    pairs = assign(in_view, clear, now, must_match=False)
    pairs += assign(_rest(in_view, pairs), weak, now, must_match=False)
    pairs += assign(out_of_view, _unpaired(clear, pairs), now, must_match=True)
    return _reunited(tracks, out_of_view, pairs, now)


def _reunited(tracks: list[Track], out_of_view: Sequence[Track], pairs: list[Pair], now: float) -> list[Pair]:
    """The pairs, with new tracks taken for old ones that wear the same: such a new track is dropped.

    Who comes out from behind somebody is seen before his clothing is, and has a track of his own until then.
    """
    young = {id(candidate): track for track, candidate in pairs if _is_young(track, now)}
    shown = [candidate for _, candidate in pairs if id(candidate) in young and candidate.clothing]
    found = [
        (old, candidate)
        for old, candidate in assign(_rest(out_of_view, pairs), shown, now, must_match=True)
        if old.last_seen < young[id(candidate)].first_seen and is_alike(old, candidate)
    ]
    dropped = {young[id(candidate)].id for _, candidate in found}
    tracks[:] = [track for track in tracks if track.id not in dropped]
    return [(track, candidate) for track, candidate in pairs if track.id not in dropped] + found


def _is_young(track: Track, now: float) -> bool:
    return track.spells == 0 and now - track.first_seen <= _YOUNG_S


def _candidates(
    detections: Sequence[Detection], tracks: Sequence[Track], now: float
) -> tuple[list[Candidate], list[Candidate]]:
    """The clear detections and the weak ones, each face once.

    With their clothing unless somebody stands before it, be he found in this frame or not.
    """
    single = _without_duplicates(detections)
    expected = [track.box_at(now) for track in tracks if track.missing_s(now) <= _IN_VIEW_S]
    found = []
    for each in single:
        others = [other.box for other in single if other is not each]
        others += [box for box in expected if _share_of_smaller(box, each.box) < _SAME_PLACE]
        found.append(Candidate(each, () if is_covered(each.box, others) else each.appearance))
    return [each for each in found if not each.is_weak], [each for each in found if each.is_weak]


def _unpaired(candidates: Sequence[Candidate], pairs: Sequence[Pair]) -> list[Candidate]:
    return [each for each in candidates if all(each is not taken for _, taken in pairs)]


def _has_ended(track: Track, view: View, limits: Limits) -> bool:
    missing_s, sought_s = track.missing_s(view.now), track.sought_s(view.now)
    was_sought = track.misses >= _MIN_LOOKS
    is_lost = sought_s > limits.lost_s or (was_sought and missing_s > limits.lost_s)
    is_gone = (sought_s > _GONE_S and view.looked_for(track)) or (was_sought and missing_s > _GONE_S)
    return is_lost or missing_s > _MOST_LOST * limits.lost_s or (is_gone and _is_leaving(track, view))


def _is_leaving(track: Track, view: View) -> bool:
    margin = _EDGE * track.size
    return (
        (track.x < margin and track.vx < 0)
        or (track.x > view.width - margin and track.vx > 0)
        or (track.y < margin and track.vy < 0)
        or (track.y > view.height - margin and track.vy > 0)
    )


def _rest(tracks: Sequence[Track], pairs: Sequence[Pair]) -> list[Track]:
    taken = {track.id for track, _ in pairs}
    return [track for track in tracks if track.id not in taken]


def _begin(candidate: Candidate, track_id: str, now: float) -> Track:
    detection = candidate.detection
    x, y = detection.box.centre
    return Track(
        id=track_id,
        x=x,
        y=y,
        width=detection.box.width,
        height=detection.box.height,
        first_seen=now,
        last_seen=now,
        face_confidence=detection.face_confidence,
        appearance=[float(value) for value in candidate.clothing],
        vote=Vote(),
    )


def _without_duplicates(detections: Sequence[Detection]) -> list[Detection]:
    """The detections without second boxes on one face; the more confident one stays."""
    kept: list[Detection] = []
    for each in sorted(detections, key=lambda each: (-each.face_confidence, each.box)):
        if all(overlap_of_smaller(each, other) < _DUPLICATE_OVERLAP for other in kept):
            kept.append(each)
    return kept


def overlap_of_smaller(one: Detection, other: Detection) -> float:
    """The intersection as a share of the smaller box, 0..1."""
    return _share_of_smaller(one.box, other.box)


def _share_of_smaller(a: Box, b: Box) -> float:
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(a.width * a.height, b.width * b.height)
