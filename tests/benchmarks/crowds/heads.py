"""Heads for paper dolls: faces that the shipped classifier has not learnt from, cut out with some hair around them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from shared.messages import Box, Label
from trainer.data_set import Face, labelled_faces
from trainer.split import split_by_cluster
from worker.detectors.yunet import YuNetDetector

Pixels = npt.NDArray[np.uint8]

HEAD_WIDTH, HEAD_HEIGHT = 1.5, 1.6  # in sizes of the face
_MIN_FACE_PX, _MIN_CONFIDENCE = 40, 0.7
_SPLIT_SEED = 1  # of the shipped model: other parts of the split were learnt


@dataclass(frozen=True)
class Head:
    """A face in the middle of its surroundings, which are ``HEAD_WIDTH`` and ``HEAD_HEIGHT`` faces large."""

    picture: Pixels
    is_bare: bool


@dataclass(frozen=True)
class _Unlearnt:
    face: Face


class Heads:
    """The heads of a data folder, one from each group of near-duplicates, in an order that the seed gives."""

    def __init__(self, faces: Path, yunet: Path, seed: int) -> None:
        """Nothing is read yet but the list of faces."""
        split = split_by_cluster([_Unlearnt(each) for each in labelled_faces(faces)], _SPLIT_SEED)
        groups = {each.face.cluster: each.face for each in split.test}
        ordered = [groups[name] for name in sorted(groups)]
        np.random.default_rng(seed).shuffle(ordered)
        self._detector = YuNetDetector(yunet, _MIN_FACE_PX, _MIN_CONFIDENCE)
        self._bare = self._heads(each for each in ordered if each.label is Label.WITHOUT_MASK)
        self._masked = self._heads(each for each in ordered if each.label is Label.WITH_MASK)

    def take(self, *, is_bare: bool) -> Head:
        """The next one that is bare or masked; each is given once."""
        return next(self._bare if is_bare else self._masked)

    def _heads(self, faces: Iterator[Face]) -> Iterator[Head]:
        for face in faces:
            picture = cv2.imread(str(face.file))
            if picture is None:
                continue
            found = self._detector.detect(np.asarray(picture, np.uint8))
            if len(found) == 1:
                yield Head(_around(np.asarray(picture, np.uint8), found[0].box), face.label is Label.WITHOUT_MASK)


def _around(picture: Pixels, face: Box) -> Pixels:
    """What is around a face; beyond the picture, its edge goes on."""
    x, y = face.centre
    width, height = round(HEAD_WIDTH * face.width), round(HEAD_HEIGHT * face.height)
    left, top, margin = round(x - width / 2), round(y - height / 2), max(width, height)
    padded = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
    return np.asarray(padded[margin + top : margin + top + height, margin + left : margin + left + width], np.uint8)
