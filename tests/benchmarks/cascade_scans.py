"""One way to run a cascade over a picture: which cascade, on what, how finely."""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
CASCADES = Path(cv2.__file__).parent / "data"
SMALLEST_PX = 23  # windows of faces 19 px wide: what workers look for when faces of 24 px matter

Channel = Literal["grey", "red"]
Equalisation = Literal["none", "equalizeHist", "CLAHE"]


@dataclass(frozen=True)
class Scan:
    """A cascade and how it is run; ``dropped_stages`` of its last ones are left out, which accepts more."""

    cascade: str = "frontalface_alt"
    step: float = 1.1
    channel: Channel = "red"
    equalisation: Equalisation = "none"
    zoom: float = 1.0
    is_mirrored: bool = False
    dropped_stages: int = 0


@dataclass(frozen=True)
class Windows:
    """What a scan accepts of one picture, and the seconds of processor time that it took."""

    squares: Array  # (n, 3): x, y, side in pixels of the picture
    margins: Array  # (n,): by how much the last stage's sum passes its threshold
    seconds: float


class Scanner:
    """Runs one scan; not to be shared between threads."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._cascade, self._threshold = _load(scan.cascade, scan.dropped_stages)

    def run(self, picture: Array) -> Windows:
        """The windows of a BGR picture."""
        started = time.thread_time()
        shown = self._shown(picture)
        smallest = max(20, round(SMALLEST_PX * self._scan.zoom))
        found, _, sums = self._cascade.detectMultiScale3(
            shown, self._scan.step, 0, minSize=(smallest, smallest), outputRejectLevels=True
        )
        seconds = time.thread_time() - started
        squares = np.asarray(found, float).reshape(-1, 4)[:, :3]
        if self._scan.is_mirrored:
            squares[:, 0] = shown.shape[1] - squares[:, 0] - squares[:, 2]
        return Windows(squares / self._scan.zoom, np.maximum(np.ravel(sums) - self._threshold, 0), seconds)

    def _shown(self, picture: Array) -> Array:
        plane = picture[:, :, 2] if self._scan.channel == "red" else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        if self._scan.zoom != 1:
            how = cv2.INTER_AREA if self._scan.zoom < 1 else cv2.INTER_LINEAR
            plane = cv2.resize(plane, None, fx=self._scan.zoom, fy=self._scan.zoom, interpolation=how)
        if self._scan.equalisation == "equalizeHist":
            plane = cv2.equalizeHist(np.ascontiguousarray(plane))
        elif self._scan.equalisation == "CLAHE":
            plane = cv2.createCLAHE(2.0, (8, 8)).apply(np.ascontiguousarray(plane))
        return np.ascontiguousarray(plane[:, ::-1] if self._scan.is_mirrored else plane)


def _load(name: str, dropped_stages: int) -> tuple[cv2.CascadeClassifier, float]:
    """A cascade without its last stages, and the threshold of the last one that is left."""
    text = (CASCADES / f"haarcascade_{name}.xml").read_text()
    if dropped_stages:
        text = _without_last_stages(text, dropped_stages)
    thresholds = re.findall(r"<stageThreshold>\s*(\S+?)\s*</stageThreshold>", text)
    stored = cv2.FileStorage(text, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
    cascade = cv2.CascadeClassifier()
    if not cascade.read(stored.getFirstTopLevelNode()):
        raise ValueError(f"OpenCV does not read {name} without {dropped_stages} stages")
    return cascade, float(thresholds[-1])


def _without_last_stages(text: str, dropped: int) -> str:
    starts = [match.start() for match in re.finditer(r"<_>\s*<maxWeakCount>", text)]
    kept = len(starts) - dropped
    cut = text[: starts[kept]] + text[text.index("</stages>") :]
    return re.sub(r"<stageNum>\d+</stageNum>", f"<stageNum>{kept}</stageNum>", cut)


class EyeCounter:
    """Looks for eyes within a face; not to be shared between threads."""

    def __init__(self, cascade: str) -> None:
        self._cascade = cv2.CascadeClassifier(str(CASCADES / f"haarcascade_{cascade}.xml"))

    def count(self, picture: Array, box: Array) -> int:
        """Eyes, at most 2, in the upper two thirds of a box (4: x, y, w, h) of a BGR picture, shown 96 px wide."""
        x, y, width, height = np.maximum(box, 0).astype(int)
        face = picture[y : y + max(2 * height // 3, 1), x : x + max(width, 1), 2]
        if not face.size:
            return 0
        shown = cv2.resize(np.ascontiguousarray(face), (96, 64))
        return min(len(self._cascade.detectMultiScale(shown, 1.1, 2, minSize=(16, 16))), 2)
