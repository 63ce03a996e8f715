"""Step 7: the whole way from a photograph to labelled faces, on photographs that took no part in the training."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer, ModelInput
from trainer.crops import Pixels, cut, read_picture
from trainer.data_set import Box, Face
from trainer.evaluation import interval
from trainer.report.finders import FaceFinder
from trainer.report.record import SceneLabel, SceneReport

MATCH_IOU = 0.5
MIN_FACE_PX = 24.0

Judge = Callable[[NDArray[np.uint8]], NDArray[np.float32]]  # RGB pictures [n, h, w, 3] -> probabilities [n, labels]


@dataclass(frozen=True)
class Found:
    """A face that was found, what it was called, and which annotated face it is, if any."""

    box: Box
    answer: Answer
    probability: float
    truth: Face | None

    @property
    def is_right(self) -> bool:
        """Whether it is a face and was rightly called masked or not; as ``maskwatch evaluate`` counts."""
        return self.truth is not None and (self.answer == Label.WITH_MASK) == (self.truth.label == Label.WITH_MASK)


@dataclass(frozen=True)
class Scene:
    """One photograph: what is annotated and what was found, without what is too small to count."""

    file: Path
    annotated: tuple[Face, ...]
    found: tuple[Found, ...]

    @property
    def missed(self) -> list[Face]:
        """Annotated faces that were not found."""
        return [face for face in self.annotated if all(each.truth is not face for each in self.found)]

    @property
    def mistakes(self) -> int:
        """How much went wrong in it."""
        return len(self.missed) + sum(not each.is_right for each in self.found)


@dataclass(frozen=True)
class Trial:
    """What is tried: a network, and who finds the faces for it."""

    finder: FaceFinder
    judge: Judge
    labels: tuple[Answer, ...]
    takes: ModelInput

    def look(self, faces: Sequence[Face]) -> list[Scene]:
        """Find and classify the faces of annotated photographs; faces without a box have no photograph."""
        photographs: dict[Path, list[Face]] = defaultdict(list)
        for face in faces:
            if face.box is not None and face.label != BACKGROUND:
                photographs[face.file].append(face)
        pictures = ((file, annotated, read_picture(file)) for file, annotated in photographs.items())
        return [self._scene(file, annotated, picture) for file, annotated, picture in pictures if picture is not None]

    def _scene(self, file: Path, annotated: Sequence[Face], picture: Pixels) -> Scene:
        boxes = self.finder.faces(picture)
        rows = self._probabilities(picture, boxes)
        found = (
            Found(box, self.labels[int(row.argmax())], float(row.max()), truth)
            for box, row, truth in zip(boxes, rows, matched(boxes, annotated), strict=True)
        )
        return Scene(
            file,
            tuple(face for face in annotated if _counts(face.box)),
            # What the network refuses as no face is reported to nobody.
            tuple(each for each in found if each.answer != BACKGROUND and _counts(_true_box(each))),
        )

    def _probabilities(self, picture: Pixels, boxes: Sequence[Box]) -> NDArray[np.float32]:
        if not boxes:
            return np.empty((0, len(self.labels)), np.float32)
        crops = np.stack([cut(picture, box, self.takes.crop_margin, self.takes.width) for box in boxes])
        return self.judge(np.ascontiguousarray(crops[..., ::-1]))


def scene_report(scenes: Sequence[Scene], finder: FaceFinder) -> SceneReport | None:
    """The figures of photographs that were looked at; ``None`` where there are none."""
    annotated = [face for scene in scenes for face in scene.annotated]
    found = [each for scene in scenes for each in scene.found]
    if not annotated:
        return None
    return SceneReport(
        detector=finder.name,
        remark=finder.remark,
        photographs=len(scenes),
        labels=tuple(each for label in Label if (each := _of_label(label, annotated, found)) is not None),
        false_faces=sum(each.truth is None for each in found),
        min_face_px=MIN_FACE_PX,
        true_compliance=sum(face.label == Label.WITH_MASK for face in annotated) / len(annotated),
        reported_compliance=sum(each.answer == Label.WITH_MASK for each in found) / len(found) if found else None,
    )


def matched(boxes: Sequence[Box], annotated: Sequence[Face]) -> list[Face | None]:
    """For each box the annotated face that it shows; pairs that overlap most are made first."""
    pairs = [(iou(box, face.box), row, face) for row, box in enumerate(boxes) for face in annotated if face.box]
    answers: dict[int, Face] = {}
    for overlap, row, face in sorted(pairs, key=lambda pair: -pair[0]):
        if overlap >= MATCH_IOU and row not in answers and all(face is not other for other in answers.values()):
            answers[row] = face
    return [answers.get(row) for row in range(len(boxes))]


def iou(one: Box, other: Box) -> float:
    """Shared area of two boxes over their joint area, 0 to 1."""
    width = max(min(one[2], other[2]) - max(one[0], other[0]), 0.0)
    height = max(min(one[3], other[3]) - max(one[1], other[1]), 0.0)
    joint = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (one, other)) - width * height
    return width * height / joint if joint > 0 else 0.0


def _of_label(label: Label, annotated: Sequence[Face], found: Sequence[Found]) -> SceneLabel | None:
    faces = sum(face.label == label for face in annotated)
    if not faces:
        return None
    own = [each for each in found if each.truth is not None and each.truth.label == label]
    right = sum(each.is_right for each in own)
    found_low, found_high = interval(len(own), faces)
    right_low, right_high = interval(right, faces)
    return SceneLabel(
        label=label,
        faces=faces,
        found=len(own),
        right=right,
        found_low=found_low,
        found_high=found_high,
        right_low=right_low,
        right_high=right_high,
    )


def _true_box(found: Found) -> Box | None:
    return found.box if found.truth is None else found.truth.box


def _counts(box: Box | None) -> bool:
    return box is not None and box[2] - box[0] >= MIN_FACE_PX
