"""What the detectors of tests have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from worker.detectors import Each, FaceBox, Part, Picture, Size
from worker.detectors.detector import one_by_one


class OneByOne(ABC):
    """A detector that looks at one picture at a time."""

    name = "haar"

    @abstractmethod
    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]: ...

    def detect_each(self, parts: Sequence[Part], each: Each) -> list[list[FaceBox]]:
        return one_by_one(self, parts, each)
