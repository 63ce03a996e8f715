"""Which detections are which tracks: the cheapest pairing among those possible at all.

A face that was not seen for a while went on as it went, or stopped somewhere on that way: what counts is the
distance from that way, and less so from its end.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from shared.messages import Detection
from worker.events.clothing import difference
from worker.events.track import Track

CLEAR = 0.6  # face confidence from which a detection is surely a face
REACH = 0.6  # how far off its way a face may be, in face sizes ...
REACH_PER_S = 2.0  # ... and how much farther for each second unseen: it may turn, stop or set off
REACH_PER_S_ALIKE = 3.5  # the same, if clothing matches well or it is not known yet how it moves
MAX_REACH, MAX_REACH_ALIKE = 3.0, 6.0
ALIKE = 12.0  # difference of clothing, in levels, up to which it matches well
MAX_SIZE_RATIO = 1.7
END_WEIGHT = 0.3  # of the distance from where it should be by now
CLOTHING_SCALE = 25.0  # difference of clothing, in levels, that costs as much as one face size
MAX_DIFFERENCE = 25.0  # beyond it, a face out of view is somebody else
SIZE_WEIGHT = 2.0  # of the logarithm of the ratio of sizes
SLACK = 0.5  # by how much size and clothing may cost more than distance leaves over ...
SAME_PLACE = 0.4  # ... unless a face is just where it should be, in face sizes, ...
OTHER = 30.0  # ... and clothing differs by no more than another light makes of it
UNKNOWN_DIFFERENCE = 10.0  # taken where clothing cannot be compared
_FEW = 2  # observations do not tell how a face moves


@dataclass(frozen=True)
class Candidate:
    """A detection, and its clothing as far as it is its own."""

    detection: Detection
    clothing: tuple[int, ...]

    @property
    def is_weak(self) -> bool:
        """Whether it may be no face at all: it keeps a track alive, and begins none."""
        return self.detection.face_confidence < CLEAR

    @property
    def size(self) -> float:
        """The face's side, in pixels: the geometric mean of width and height."""
        return math.sqrt(max(1.0, self.detection.box.width * self.detection.box.height))


Pair = tuple[Track, Candidate]


def assign(tracks: Sequence[Track], candidates: Sequence[Candidate], now: float, *, must_match: bool) -> list[Pair]:
    """Pair tracks with detections; where ``must_match`` is set, clothing has to match as well."""
    if not tracks or not candidates:
        return []
    possible = [[_cost(track, each, now, must_match) for each in candidates] for track in tracks]
    pairs = [(r, c) for r, row in enumerate(possible) for c, cost in enumerate(row) if cost < math.inf]
    if len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs):  # mostly there is nothing to choose
        return [(tracks[r], candidates[c]) for r, c in pairs]
    costs, impossible = np.array(possible), 1e6
    rows, columns = linear_sum_assignment(np.where(np.isfinite(costs), costs, impossible))
    found = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(tracks[r], candidates[c]) for r, c in found if np.isfinite(costs[r, c])]


def is_alike(track: Track, candidate: Candidate) -> bool:
    """Whether clothing is known and matches well."""
    differs = difference(track.appearance, candidate.clothing)
    return differs is not None and differs <= ALIKE


def _cost(track: Track, candidate: Candidate, now: float, must_match: bool) -> float:
    """Distance in face sizes, plus what size and clothing say against it; infinite when impossible."""
    size, known_size = candidate.size, track.size
    ratio = max(size, known_size) / min(size, known_size)
    if ratio > MAX_SIZE_RATIO:
        return math.inf
    off_way, off_end = _distances(track, candidate, now)
    scale = max(size, known_size)
    distance = off_way / scale
    if distance > MAX_REACH_ALIKE:
        return math.inf  # whatever the clothing
    differs = difference(track.appearance, candidate.clothing)
    if must_match and differs is not None and differs > MAX_DIFFERENCE:
        return math.inf
    reach = _reach(track, differs, now)
    if distance > reach or (candidate.is_weak and distance > REACH):
        return math.inf
    against = (UNKNOWN_DIFFERENCE if differs is None else differs) / CLOTHING_SCALE + SIZE_WEIGHT * math.log(ratio)
    cost = (1 - END_WEIGHT) * distance + END_WEIGHT * off_end / scale + against
    is_alike_enough = differs is None or differs <= OTHER or track.still_s > 0  # nothing moved there
    is_there = distance <= SAME_PLACE and is_alike_enough
    is_likely = is_there or cost <= reach + SLACK
    return cost if is_likely else math.inf


def _reach(track: Track, differs: float | None, now: float) -> float:
    """How far off its way a face may be, in face sizes."""
    is_alike = differs is not None and differs <= ALIKE
    per_s = REACH_PER_S_ALIKE if is_alike or track.observations <= _FEW else REACH_PER_S
    return min(MAX_REACH_ALIKE if is_alike else MAX_REACH, REACH + per_s * track.missing_s(now))


def _distances(track: Track, candidate: Candidate, now: float) -> tuple[float, float]:
    """From the way between where a face was last seen and where it should be now, and from that end; in pixels."""
    x, y = candidate.detection.box.centre
    end_x, end_y = track.position_at(now)
    way_x, way_y = end_x - track.x, end_y - track.y
    length = way_x * way_x + way_y * way_y
    share = 0.0 if length == 0 else ((x - track.x) * way_x + (y - track.y) * way_y) / length
    share = min(1.0, max(0.0, share))
    off_way = math.hypot(x - track.x - share * way_x, y - track.y - share * way_y)
    return off_way, math.hypot(x - end_x, y - end_y)
