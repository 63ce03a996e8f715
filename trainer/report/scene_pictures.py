"""Test photographs with what was found drawn in: for the local report, since they show people."""

from collections.abc import Sequence

import cv2
import numpy as np

from shared.messages import Label
from shared.model_registry import Answer
from trainer.crops import Pixels, read_picture
from trainer.data_set import Box
from trainer.report.pictures import Sample
from trainer.report.scenes import Found, Scene
from trainer.report.words import percent, words

MAX_SIDE_PX = 720  # of a sample in the report
MIN_SIDE_PX = 420  # small photographs are enlarged, or their labels would cover them
# RGB; told apart in grey too by the text beside each box.
COLOURS: dict[Answer, tuple[int, int, int]] = {
    Label.WITH_MASK: (30, 150, 60),
    Label.WITHOUT_MASK: (215, 40, 40),
    Label.INCORRECT_MASK: (240, 150, 0),
}
MISSED = (120, 120, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX


def samples(scenes: Sequence[Scene], limit: int) -> list[Sample]:
    """Half of them those with the most mistakes, the others taken evenly from the rest."""
    ranked = sorted(scenes, key=lambda scene: -scene.mistakes)
    worst, rest = ranked[: limit // 2], ranked[limit // 2 :]
    wanted = limit - len(worst)
    others = [rest[at * len(rest) // wanted] for at in range(min(wanted, len(rest)))]
    return [made for scene in [*worst, *others] if (made := sample(scene)) is not None]


def sample(scene: Scene) -> Sample | None:
    """One photograph with its boxes; ``None`` if it cannot be read any more."""
    picture = read_picture(scene.file)
    if picture is None:
        return None
    zoom = _zoom(picture)
    drawn = np.ascontiguousarray(cv2.resize(picture, None, fx=zoom, fy=zoom)[:, :, ::-1], np.uint8)
    for face in scene.missed:
        if face.box is not None:
            _draw(drawn, _scaled(face.box, zoom), MISSED, "missed")
    for each in scene.found:
        _draw(drawn, _scaled(each.box, zoom), COLOURS[each.answer], _label(each))
    return Sample("/".join(scene.file.parts[-2:]), _in_words(scene), drawn)


def _in_words(scene: Scene) -> str:
    false = sum(each.truth is None for each in scene.found)
    right = sum(each.is_right for each in scene.found)
    found = len(scene.found) - false
    return f"{found} of {len(scene.annotated)} faces found, {right} rightly labelled, {false} false"


def _label(each: Found) -> str:
    mark = "" if each.is_right else " - no face" if each.truth is None else f" - is {words(each.truth.label)}"
    return f"{words(each.answer)} {percent(each.probability)}{mark}"


def _draw(drawn: Pixels, box: Box, colour: tuple[int, int, int], text: str) -> None:
    x0, y0, x1, y1 = (round(value) for value in box)
    cv2.rectangle(drawn, (x0, y0), (x1, y1), colour, 2, cv2.LINE_AA)
    (width, height), baseline = cv2.getTextSize(text, FONT, 0.4, 1)
    left = max(min(x0, drawn.shape[1] - width - 4), 0)
    top = y0 - height - baseline - 2 if y0 > height + baseline + 2 else min(y1, drawn.shape[0] - height - baseline - 2)
    cv2.rectangle(drawn, (left, top), (left + width + 4, top + height + baseline + 2), colour, cv2.FILLED)
    cv2.putText(drawn, text, (left + 2, top + height + 1), FONT, 0.4, (255, 255, 255), 1, cv2.LINE_AA)


def _zoom(picture: Pixels) -> float:
    longest: int = max(picture.shape[:2])
    return min(max(longest, MIN_SIDE_PX), MAX_SIDE_PX) / longest


def _scaled(box: Box, zoom: float) -> Box:
    x0, y0, x1, y1 = box
    return x0 * zoom, y0 * zoom, x1 * zoom, y1 * zoom
