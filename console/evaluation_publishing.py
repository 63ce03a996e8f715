"""Hands what was measured to the running system, which corrects its counts with it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import redis

from console.compliance.reference import published
from console.errors import BadInput
from shared.messages import Label
from shared.recall import RecallFigures
from shared.streams import RECALL_FIGURES
from worker.evaluation import BoxesReport


def publish(state: redis.Redis, reports: Mapping[str, BoxesReport]) -> list[RecallFigures]:
    """Keep the figures of each detector, in place of what was published of it before.

    Raises:
        BadInput: nothing can be corrected with them, since no masked or no bare face was measured.
    """
    measured_at = datetime.now(UTC)
    figures = [figures_of(report, measured_at) for report in reports.values()]
    for each in figures:
        _check(each)
    state.hset(RECALL_FIGURES, mapping={each.detector: each.model_dump_json() for each in figures})
    return figures


def withdraw(state: redis.Redis) -> list[str]:
    """Forget what was published, so that the shipped figures count again; says of which detectors."""
    detectors = sorted(published(state))
    state.delete(RECALL_FIGURES)
    return detectors


def figures_of(report: BoxesReport, measured_at: datetime) -> RecallFigures:
    """What of a report corrects counts.

    Raises:
        BadInput: the report does not say what was measured.
    """
    if report.measured is None:
        raise BadInput("the report does not say which detector was measured")
    content = report.measured.model_dump() | {
        "measured_at": measured_at,
        "photographs": report.images,
        "fates": report.fates,
        "false_faces": report.false_faces,
    }
    return RecallFigures.model_validate(content)


def as_lines(figures: RecallFigures) -> list[str]:
    """For people: what was measured and when, and how many faces of each kind were found."""
    version = "" if figures.detector_version is None else f" version {figures.detector_version}"
    when = figures.measured_at.astimezone().strftime("%Y-%m-%d %H:%M")
    about = (
        f"{figures.detector}{version}, model {figures.model_version}, from {figures.min_face_px} pixels and "
        f"confidence {figures.min_face_confidence:g}: {figures.photographs} photographs, {when}"
    )
    return [about, *(f"  {label}: {_found(figures, label)}" for label in Label if _faces(figures, label))]


def _found(figures: RecallFigures, label: Label) -> str:
    sizes = figures.fates[label].items()
    return ", ".join(f"{each.faces - each.not_found} of {each.faces} at {size} px" for size, each in sorted(sizes))


def _faces(figures: RecallFigures, label: Label) -> int:
    return sum(each.faces for each in figures.fates.get(label, {}).values())


def _check(figures: RecallFigures) -> None:
    bare = _faces(figures, Label.WITHOUT_MASK) + _faces(figures, Label.INCORRECT_MASK)
    if not bare or not _faces(figures, Label.WITH_MASK):
        raise BadInput("the photographs show no masked faces or no bare ones, so no count can be corrected with them")
