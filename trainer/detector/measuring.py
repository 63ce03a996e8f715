"""What a detector finds on annotated photographs, whichever detector it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from shared.messages import Label
from trainer.detector.album import KINDS, Boxes, Page, Pixels, ious

MATCH_IOU = 0.5
# Face widths in pixels of the picture, from and below; smaller faces count neither for nor against.
SIZES = {"24-40": (24.0, 40.0), "40-80": (40.0, 80.0), "80+": (80.0, inf), "all": (24.0, inf)}
MIN_WIDTH_PX = 24.0

Scores = NDArray[np.float32]
Find = Callable[[Pixels], tuple[Boxes, Scores]]  # the faces of an RGB picture (n, 4), the surer the higher the score


@dataclass(frozen=True)
class Findings:
    """Everything that was found on some photographs, and all that was there.

    ``found_at`` is the score at which each annotated face was found, minus infinity where it was not.
    """

    photographs: int
    found_at: Scores  # (faces,)
    widths: NDArray[np.float32]  # (faces,)
    kinds: NDArray[np.int8]  # (faces,): index into KINDS
    false_at: Scores  # the scores of what is no annotated face

    def counts(self, label: Label, size: str, score: float) -> tuple[int, int]:
        """How many annotated faces of a kind there are, and how many were found with a score or more."""
        low, high = SIZES[size]
        chosen = (self.kinds == KINDS.index(label)) & (self.widths >= low) & (self.widths < high)
        return int(chosen.sum()), int((chosen & np.isfinite(self.found_at) & (self.found_at >= score)).sum())

    def recall(self, label: Label, size: str, score: float) -> float:
        """The share of annotated faces of a kind that was found with a score or more."""
        faces, found = self.counts(label, size, score)
        return found / max(faces, 1)

    def false_faces(self, score: float) -> float:
        """False faces a photograph with a score or more."""
        return float((self.false_at >= score).sum()) / self.photographs

    def score_at(self, false_faces: float) -> float:
        """The least score with at most so many false faces a photograph; minus infinity where there are never more."""
        false = np.sort(self.false_at)[::-1]
        allowed = int(false_faces * self.photographs)
        return float(np.nextafter(false[allowed], np.float32(inf))) if allowed < len(false) else -inf


def measure(find: Find, pages: Sequence[Page]) -> Findings:
    """Let a detector find faces on photographs and compare with what was annotated."""
    found_at, false_at = [], []
    for page in pages:
        boxes, scores = find(page.pixels)
        answers = matched(page.faces, boxes, scores)
        at = np.full(len(page.faces), -inf, np.float32)
        is_match = answers >= 0
        at[answers[is_match]] = scores[is_match]
        found_at.append(at)
        is_false = ~is_match & (boxes[:, 2] - boxes[:, 0] >= MIN_WIDTH_PX)
        false_at.append(scores[is_false])
    faces = np.concatenate([page.faces for page in pages])
    kinds = np.concatenate([page.kinds for page in pages])
    return Findings(len(pages), np.concatenate(found_at), faces[:, 2] - faces[:, 0], kinds, np.concatenate(false_at))


def surest(boxes: Boxes, scores: Scores, overlap: float) -> NDArray[np.intp]:
    """Which boxes stay, the surest first, where of those that overlap by ``overlap`` or more only the surest does."""
    left, kept = np.argsort(-scores, kind="stable"), []
    while len(left):
        kept.append(left[0])
        left = left[1:][ious(boxes[left[0]], boxes[left[1:]]) < overlap]
    return np.array(kept, np.intp)


def interval(found: int, faces: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not faces:
        return 0.0, 1.0
    z, share = 1.96, found / faces
    centre = (share + z * z / (2 * faces)) / (1 + z * z / faces)
    half = z * np.sqrt(share * (1 - share) / faces + z * z / (4 * faces * faces)) / (1 + z * z / faces)
    return float(max(centre - half, 0)), float(min(centre + half, 1))


def matched(faces: Boxes, boxes: Boxes, scores: Scores) -> NDArray[np.intp]:
    """For each box the face that it found, or -1; the surest choose first, each the free face it overlaps most."""
    free = np.ones(len(faces), bool)
    answers = np.full(len(boxes), -1, np.intp)
    for index in np.argsort(-scores, kind="stable"):
        overlaps = ious(boxes[index], faces) * free
        if len(overlaps) and overlaps.max() >= MATCH_IOU:
            answers[index] = overlaps.argmax()
            free[answers[index]] = False
    return answers
