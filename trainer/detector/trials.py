"""A new detector's exported files at work beside the others, on photographs that it was not taught."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.detector.album import Page
from trainer.detector.exported import ExportedDetector
from trainer.detector.figures import Figures, figures, timed
from trainer.detector.measuring import Find, Findings
from trainer.detector.opponents import YUNET_CONFIDENCE, haar, yunet
from trainer.detector.settings import ModelPrecision

# How much larger or smaller than it is a photograph is shown: what recall costs.
ZOOMS = (0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class Trial:
    """What one detector found on the photographs of one part."""

    detector: str
    part: str  # "validation" or "test"
    findings: Findings
    milliseconds: float  # of one core a picture, from pixels to boxes
    score: float  # at which it would be used
    precision: ModelPrecision | None = None  # of ours
    zoom: float = 1.0

    @property
    def name(self) -> str:
        """As cards and reports call it."""
        return f"{self.detector}, {self.part}"

    @property
    def figures(self) -> Figures:
        """At its score."""
        return figures(self.findings, self.milliseconds, self.score)


def try_ours(
    model: bytes, precision: ModelPrecision, part: str, pages: Sequence[Page], score: float, zoom: float = 1.0
) -> Trial:
    """One exported file on photographs, with the logit (``score``) at which it would be used."""
    shown = "" if zoom == 1 else f" at {zoom:g} of the size"
    findings, milliseconds = timed(ExportedDetector(model, zoom).find, pages)
    return Trial(f"ours ({precision}){shown}", part, findings, milliseconds, score, precision, zoom)


def try_sizes(models: dict[ModelPrecision, bytes], part: str, pages: Sequence[Page], score: float) -> Iterator[Trial]:
    """Each file with photographs at several sizes: recall against time."""
    for precision, model in models.items():
        for zoom in ZOOMS:
            yield try_ours(model, precision, part, pages, score, zoom)


def try_opponents(teacher: Path, part: str, pages: Sequence[Page]) -> Iterator[Trial]:
    """YuNet, from the teacher's weights, and OpenCV's cascade."""
    runs: dict[str, tuple[Find, float]] = {
        "YuNet": (yunet(teacher, 1), YUNET_CONFIDENCE),
        "YuNet, picture doubled": (yunet(teacher, 2), YUNET_CONFIDENCE),
        "Haar frontalface_default": (haar(), 0.0),
    }
    for name, (find, score) in runs.items():
        findings, milliseconds = timed(find, pages)
        yield Trial(name, part, findings, milliseconds, score)
