"""The photographs in which a detector is most wrong: what it misses and what it takes for a face, by kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.detector.album import Boxes, Page, Pixels, ious
from trainer.detector.calibration import REPORTED, Calibration
from trainer.detector.exported import ExportedDetector
from trainer.detector.measuring import MATCH_IOU, MIN_WIDTH_PX, matched
from trainer.detector.report.pictures import Worst
from trainer.detector.trained import TrainedDetector

SHOWN = 20
SMALL_PX = 40.0
DARK = 60.0  # mean of a face's pixels, of 255
EDGE_PX = 2.0
PARTLY_IOU = 0.2
HIDDEN_SHARE = 0.15  # of a face that lies under another's box
MAX_SIDE_PX, MIN_SIDE_PX = 960, 480
FONT = cv2.FONT_HERSHEY_SIMPLEX
FOUND, MISSED, FALSE = (30, 150, 60), (90, 90, 255), (225, 40, 40)  # RGB


@dataclass(frozen=True)
class Wrong:
    """A missed face (RGB colour ``MISSED``) or a false one, and how wrong that is, 0 to 1."""

    box: Boxes  # (4,)
    is_missed: bool
    weight: float
    words: str


@dataclass(frozen=True)
class Judged:
    """One photograph and what a detector made of it."""

    part: str
    page: Page
    found: Boxes  # annotated faces that it found
    wrong: Sequence[Wrong]

    @property
    def weight(self) -> float:
        """How wrong it is in all."""
        return sum(each.weight for each in self.wrong)


def worst_photographs(trained: TrainedDetector, limit: int = SHOWN) -> list[Worst]:
    """The most wrong first, of all photographs that taught nothing; those without a mistake are left out."""
    measured = trained.measured
    detector = ExportedDetector(trained.model)
    judged = [
        judge(part, page, *detector.find(page.pixels), measured.calibration)
        for part, pages in measured.pages.items()
        for page in pages
    ]
    ranked = sorted((each for each in judged if each.wrong), key=lambda each: -each.weight)
    return [_drawn(each) for each in ranked[:limit]]


def judge(part: str, page: Page, boxes: Boxes, logits: NDArray[np.float32], calibration: Calibration) -> Judged:
    """What is missed and what is false on a page, at the confidence from which on a face is clear."""
    confidences = np.asarray(1 / (1 + np.exp(-(logits * calibration.slope + calibration.offset))), np.float32)
    answers = matched(page.faces, boxes, confidences)
    at = np.zeros(len(page.faces), np.float32)
    at[answers[answers >= 0]] = confidences[answers >= 0]
    missed = [index for index in range(len(at)) if at[index] < REPORTED and _width(page.faces[index]) >= MIN_WIDTH_PX]
    false = [
        index
        for index in np.nonzero((answers < 0) & (confidences >= REPORTED))[0]
        if _width(boxes[index]) >= MIN_WIDTH_PX
    ]
    wrong = [Wrong(page.faces[i], True, 1 - float(at[i]), _missed_words(page, i, float(at[i]), boxes)) for i in missed]
    wrong += [
        Wrong(boxes[i], False, float(confidences[i]), _false_words(page, boxes[i], float(confidences[i])))
        for i in false
    ]
    return Judged(part, page, page.faces[at >= REPORTED], wrong)


def _missed_words(page: Page, face: int, confidence: float, boxes: Boxes) -> str:
    box = page.faces[face]
    others = np.delete(page.faces, face, axis=0)
    reasons = [*_common(page, box)]
    if len(others) and _hidden(box, others) >= HIDDEN_SHARE:
        reasons.append("beside or behind another face")
    if not np.isfinite(page.landmarks[face]).all():
        reasons.append("the teacher does not find it either")
    if confidence > 0:
        reasons.append(f"found with confidence {confidence:.2f} only")
    elif len(boxes) and PARTLY_IOU <= ious(box, boxes).max() < MATCH_IOU:
        reasons.append("its box is too far off")
    return f"missed {_worn(page, face)} face of {_width(box):.0f} px{_listed(reasons)}"


def _false_words(page: Page, box: Boxes, confidence: float) -> str:
    reasons = [*_common(page, box)]
    if len(page.unclear) and ious(box, page.unclear).max() >= MATCH_IOU:
        reasons.append("the teacher takes it for a face too")
    if len(page.faces) and ious(box, page.faces).max() >= PARTLY_IOU:
        reasons.append("at an annotated face, its box too far off or its second")
    return f"false face of {_width(box):.0f} px, confidence {confidence:.2f}{_listed(reasons)}"


def _common(page: Page, box: Boxes) -> Iterator[str]:
    height, width = page.pixels.shape[:2]
    if _width(box) < SMALL_PX:
        yield "small"
    if box[0] <= EDGE_PX or box[1] <= EDGE_PX or box[2] >= width - EDGE_PX or box[3] >= height - EDGE_PX:
        yield "cut off at the edge"
    if _brightness(page.pixels, box) < DARK:
        yield "dark"


def _worn(page: Page, face: int) -> str:
    """What a face wears, in a word."""
    return {0: "masked", 1: "bare"}.get(int(page.kinds[face]), "wrongly masked")


def _hidden(box: Boxes, others: Boxes) -> float:
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    return float(np.clip(high - low, 0, None).prod(axis=1).max() / max(float((box[2:] - box[:2]).prod()), 1.0))


def _brightness(pixels: Pixels, box: Boxes) -> float:
    x0, y0, x1, y1 = np.clip(box, 0, None).astype(int)
    part = pixels[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)]
    return float(part.mean()) if part.size else 255.0


def _width(box: Boxes) -> float:
    return float(box[2] - box[0])


def _listed(reasons: Sequence[str]) -> str:
    return f" ({', '.join(reasons)})" if reasons else ""


def _drawn(judged: Judged) -> Worst:
    pixels = judged.page.pixels
    longest = max(pixels.shape[:2])
    zoom = min(max(longest, MIN_SIDE_PX), MAX_SIDE_PX) / longest
    shown = np.ascontiguousarray(cv2.resize(pixels, None, fx=zoom, fy=zoom), np.uint8)
    for box in judged.found:
        _rectangle(shown, box * zoom, FOUND)
    for number, each in enumerate(judged.wrong, 1):
        _rectangle(shown, each.box * zoom, MISSED if each.is_missed else FALSE, str(number))
    words = "; ".join(f"{number} {each.words}" for number, each in enumerate(judged.wrong, 1))
    return Worst(judged.part, judged.page.name, words, shown)


def _rectangle(shown: Pixels, box: Boxes, colour: tuple[int, int, int], text: str = "") -> None:
    x0, y0, x1, y1 = (round(float(value)) for value in box)
    cv2.rectangle(shown, (x0, y0), (x1, y1), colour, 2, cv2.LINE_AA)
    if text:
        cv2.rectangle(shown, (x0, y0), (x0 + 11 * len(text) + 4, y0 + 16), colour, cv2.FILLED)
        cv2.putText(shown, text, (x0 + 2, y0 + 13), FONT, 0.45, (255, 255, 255), 1, cv2.LINE_AA)
