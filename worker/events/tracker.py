"""Tells which detections of successive frames are one face: state in, frame in, tracks out.

No clock and no input or output: time is the frame's. Association goes from sure to unsure: clear
detections to tracks in view, weak detections to the tracks left over, then clear detections to
faces that were out of view for a while, for which clothing has to match as well.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from shared.messages import Detection
from worker.events.track import Track
from worker.events.view import View
from worker.events.vote import Vote

_CLEAR = 0.6  # face confidence from which a detection may begin a track
_IN_VIEW_S = 0.5  # unseen for longer, a face must be found again rather than followed
_REACH = 0.6  # how far off its predicted place a face may be, in face sizes ...
_REACH_PER_S = 2.5  # ... and how much farther for each second unseen
_MAX_REACH = 3.0
_MAX_SIZE_RATIO = 1.7
_APPEARANCE_SCALE = 40.0  # mean difference of clothing, in levels, that costs as much as one face size
_MAX_APPEARANCE_DIFFERENCE = 30.0  # beyond it, a face out of view is somebody else
_EDGE = 0.6  # a face nearer to the picture's edge than this, in face sizes, and moving outwards, is leaving
_GONE_S = 0.6  # who was leaving and is unseen for longer has left
_MIN_LOOKS = 3  # in vain, before time in which nobody looked tells that a face is gone
_MOST_LOST = 5.0  # times as long as a face that is always looked for, one that is seldom looked for is kept
_DUPLICATE_OVERLAP = 0.6  # of the smaller box: two boxes on one face


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
    tracks[:] = [track for track in tracks if track not in ended]
    left = _without_duplicates(view.detections)
    clear = [each for each in left if each.face_confidence >= _CLEAR]
    weak = [each for each in left if each.face_confidence < _CLEAR]
    in_view = [track for track in tracks if track.missing_s(now) <= _IN_VIEW_S]
    out_of_view = [track for track in tracks if track.missing_s(now) > _IN_VIEW_S]

    pairs = _assign(in_view, clear, now, must_match=False)
    pairs += _assign(_rest(in_view, pairs), weak, now, must_match=False)
    clear = [each for each in clear if all(each is not found for _, found in pairs)]
    pairs += _assign(out_of_view, clear, now, must_match=True)
    unseen = _rest(tracks, pairs)
    missed = [track for track in unseen if view.looked_for(track)]
    for track in missed:
        track.misses += 1
    for track, detection in pairs:
        track.observe(detection, now)
    new = [each for each in clear if all(each is not found for _, found in pairs)]
    begun = [_begin(each, f"{view.frame_id}-{place}", now) for place, each in enumerate(new)]
    tracks.extend(begun)
    unsought = [track for track in unseen if all(track is not each for each in missed)]
    return Followed(pairs + list(zip(begun, new, strict=True)), missed, unsought, ended)


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


def _rest(tracks: list[Track], pairs: list[tuple[Track, Detection]]) -> list[Track]:
    taken = {track.id for track, _ in pairs}
    return [track for track in tracks if track.id not in taken]


def _begin(detection: Detection, track_id: str, now: float) -> Track:
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
        appearance=[float(value) for value in detection.appearance],
        vote=Vote(),
    )


def _assign(
    tracks: list[Track], detections: list[Detection], now: float, *, must_match: bool
) -> list[tuple[Track, Detection]]:
    """The cheapest pairing of tracks with detections among those possible at all."""
    if not tracks or not detections:
        return []
    costs = np.array([[_cost(track, each, now, must_match) for each in detections] for track in tracks])
    impossible = 1e6
    rows, columns = linear_sum_assignment(np.where(np.isfinite(costs), costs, impossible))
    return [(tracks[r], detections[c]) for r, c in zip(rows, columns, strict=True) if np.isfinite(costs[r, c])]


def _cost(track: Track, detection: Detection, now: float, must_match: bool) -> float:
    """Distance in face sizes, plus what size and clothing say against it; infinite when impossible."""
    size = math.sqrt(max(1.0, detection.box.width * detection.box.height))
    ratio = max(size, track.size) / min(size, track.size)
    expected_x, expected_y = track.position_at(now)
    x, y = detection.box.centre
    distance = math.hypot(x - expected_x, y - expected_y) / max(size, track.size)
    reach = min(_MAX_REACH, _REACH + _REACH_PER_S * track.missing_s(now))
    if ratio > _MAX_SIZE_RATIO or distance > reach:
        return math.inf
    difference = appearance_difference(track.appearance, detection.appearance)
    if must_match and difference > _MAX_APPEARANCE_DIFFERENCE:
        return math.inf
    return distance + math.log(ratio) + difference / _APPEARANCE_SCALE


def appearance_difference(one: Sequence[float], other: Sequence[float]) -> float:
    """Mean difference of two clothing summaries in levels, 0..255; 0 when one of them is unknown."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)


def _without_duplicates(detections: Sequence[Detection]) -> list[Detection]:
    """The detections without second boxes on one face; the more confident one stays."""
    kept: list[Detection] = []
    for each in sorted(detections, key=lambda each: (-each.face_confidence, each.box)):
        if all(overlap_of_smaller(each, other) < _DUPLICATE_OVERLAP for other in kept):
            kept.append(each)
    return kept


def overlap_of_smaller(one: Detection, other: Detection) -> float:
    """The intersection as a share of the smaller box, 0..1."""
    a, b = one.box, other.box
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(a.width * a.height, b.width * b.height)
