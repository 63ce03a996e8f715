"""Figures of a detector for the manifest and the card."""

import time
from collections.abc import Sequence

from shared.messages import Label
from trainer.detector.album import Page
from trainer.detector.measuring import SIZES, Find, Findings, interval, measure

Figures = dict[str, float]


def timed(find: Find, pages: Sequence[Page]) -> tuple[Findings, float]:
    """What a detector finds, and how many milliseconds of one core it takes a picture."""
    began = time.process_time()
    findings = measure(find, pages)
    return findings, (time.process_time() - began) / len(pages) * 1000


def figures(findings: Findings, milliseconds: float, score: float) -> Figures:
    """Recall with intervals by label and size, false faces and time a picture."""
    given: Figures = {
        "photographs": findings.photographs,
        "false_faces": round(findings.false_faces(score), 4),
        "milliseconds": round(milliseconds, 2),
    }
    for label in Label:
        for size in SIZES:
            faces, found = findings.counts(label, size, score)
            low, high = interval(found, faces)
            name = f"{label} {size}"
            given |= {f"{name} faces": faces, name: round(found / max(faces, 1), 4)}
            given |= {f"{name} low": round(low, 4), f"{name} high": round(high, 4)}
    return given
