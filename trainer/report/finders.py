"""Who finds the faces that a new network is tried on."""

from pathlib import Path
from typing import Protocol

import cv2

from trainer.crops import Pixels
from trainer.data_set import Box
from trainer.teacher import MIN_CONFIDENCE, Teacher

CASCADE = Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"


class FaceFinder(Protocol):
    """Finds faces in a photograph."""

    name: str
    remark: str  # what to keep in mind about what it finds

    def faces(self, picture: Pixels) -> list[Box]:
        """The boxes of all faces in a BGR picture."""


class YuNetFinder:
    """The teacher."""

    name = "YuNet"
    remark = (
        "The teacher finds nearly all faces, masked or not. Workers use the detector of their settings, which may find"
        " fewer; maskwatch evaluate --boxes measures a version together with that one."
    )

    def __init__(self, teacher: Teacher) -> None:
        """Take the faces that it is reasonably sure of."""
        self._teacher = teacher

    def faces(self, picture: Pixels) -> list[Box]:
        """See ``FaceFinder.faces``."""
        return self._teacher.faces(picture, MIN_CONFIDENCE)


class HaarFinder:
    """OpenCV's frontal cascade, which is there without any download."""

    name = "Haar frontal cascade"
    remark = (
        "No teacher was given, so OpenCV's Haar cascade found the faces. It misses most small faces, and finds masked"
        " ones less than half as often as bare ones: the compliance reported with it is too low."
    )

    def __init__(self) -> None:
        """Load the cascade that OpenCV brings along."""
        self._cascade = cv2.CascadeClassifier(str(CASCADE))

    def faces(self, picture: Pixels) -> list[Box]:
        """See ``FaceFinder.faces``."""
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        found = self._cascade.detectMultiScale(grey, 1.1, 5, minSize=(20, 20))
        return [(float(x), float(y), float(x + width), float(y + height)) for x, y, width, height in found]


def finder_for(teacher: Teacher | None) -> FaceFinder:
    """The teacher where there is one."""
    return HaarFinder() if teacher is None else YuNetFinder(teacher)
