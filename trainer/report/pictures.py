"""Pictures of people for the report that stays on this machine: the surest mistakes and photographs with boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from shared.model_registry import Answer
from trainer.crops import Crop, Pixels
from trainer.report.measures import Answers, calibrated, worst

MISTAKES_A_PART = 24


@dataclass(frozen=True)
class Mistake:
    """A face that was given a wrong answer."""

    part: str
    source: str
    file: str  # its name, with the two folders above it
    truth: Answer
    answer: Answer
    probability: float  # of that answer, calibrated
    width_px: float
    pixels: Pixels  # RGB


@dataclass(frozen=True)
class Sample:
    """A test photograph with its boxes drawn."""

    file: str
    words: str  # what can be seen in it
    pixels: Pixels  # RGB


@dataclass(frozen=True)
class Pictures:
    """All that only the local report shows."""

    mistakes: Sequence[Mistake] = ()
    samples: Sequence[Sample] = ()


def worst_mistakes(
    part: str, answers: Answers, crops: Sequence[Crop], temperature: float, limit: int = MISTAKES_A_PART
) -> list[Mistake]:
    """The surest wrong answers of a part, surest first; ``crops`` are the faces of ``answers``."""
    given = calibrated(answers.probabilities, temperature)
    return [
        _mistake(part, crops[row], answers.labels[given[row].argmax()], given[row].max())
        for row in worst(answers, limit)
    ]


def jpeg(pixels: Pixels, quality: int = 85) -> bytes:
    """An RGB picture as a JPEG."""
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()


def _mistake(part: str, crop: Crop, answer: Answer, probability: float) -> Mistake:
    return Mistake(
        part=part,
        source=crop.face.source,
        file="/".join(crop.face.file.parts[-3:]),
        truth=crop.face.label,
        answer=answer,
        probability=float(probability),
        width_px=crop.width_px,
        pixels=crop.pixels,
    )
