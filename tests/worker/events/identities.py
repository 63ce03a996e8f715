"""Compares tracks with the people they should be: who was split, who was taken for somebody else."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from shared.messages import Box
from worker.events.verdict import JudgeState

SEEN = 0.3  # of a face, at least, for a detection to be of it
_NEAR = 0.6  # a track this near to a face, in face widths, is that face's
_SOME = 3  # observations: fewer make no person


@dataclass(frozen=True)
class Mistakes:
    """How tracks differ from people, over a clip.

    ``switches`` counts changes of person within tracks, ``fragments`` tracks beyond the first of a person,
    ``merges`` people beyond the first within a track, ``false`` tracks of nobody; those of fewer than three
    observations do not matter.
    """

    switches: int
    fragments: int
    merges: int
    false: int


@dataclass
class Identities:
    """Whose each track was, in each frame in which it was observed; -1 is nobody."""

    _people: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def watch(self, state: JudgeState, truth: Iterable[tuple[int, Box]]) -> None:
        """Take in a frame: the judge's state behind it, and the people with their faces."""
        faces = list(truth)
        for track in state.tracks:
            if track.last_seen == state.last_frame_at:
                self._people[track.id].append(_nearest(track.box, faces))

    def mistakes(self) -> Mistakes:
        """What went wrong so far."""
        seen = [people for people in self._people.values() if len(people) >= _SOME]
        owners = [Counter(people).most_common(1)[0][0] for people in seen]
        real = [owner for owner in owners if owner >= 0]
        return Mistakes(
            switches=sum(_changes([each for each in people if each >= 0]) for people in seen),
            fragments=len(real) - len(set(real)),
            merges=sum(max(0, _people_in(people) - 1) for people in seen),
            false=len(owners) - len(real),
        )


def _nearest(box: Box, faces: list[tuple[int, Box]]) -> int:
    x, y = box.centre
    found = [
        (abs(x - face.centre[0]) + abs(y - face.centre[1]), person)
        for person, face in faces
        if max(abs(x - face.centre[0]), abs(y - face.centre[1])) < _NEAR * face.width
    ]
    return min(found)[1] if found else -1


def _changes(people: list[int]) -> int:
    return sum(one != other for one, other in pairwise(people))


def _people_in(people: list[int]) -> int:
    return sum(count >= _SOME for person, count in Counter(people).items() if person >= 0)
