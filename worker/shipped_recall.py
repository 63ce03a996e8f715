"""What the shipped detectors, the shipped classifier behind each, make of faces by size and label.

Measured with ``maskwatch evaluate --boxes`` on the photographs of the boxes test set, which no training
saw. Counts are corrected with these until a site publishes its own. Whoever ships another detector or
classifier measures anew and edits this table, and that of ``worker.detector_figures``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from shared.face_sizes import FaceSize
from shared.messages import Label
from shared.recall import FaceFates, RecallFigures

_BySize = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]  # small, medium, large

_PHOTOGRAPHS = 180
_MODEL_VERSION = 2
_MEASURED_AT = datetime(2026, 11, 26, tzinfo=UTC)


def _figures(detector: str, version: int | None, fates: Mapping[Label, _BySize], false_faces: _BySize) -> RecallFigures:
    """Fates are not found, and called with mask, without, and worn wrongly; false faces are called so."""
    return RecallFigures(
        detector=detector,
        detector_version=version,
        model_version=_MODEL_VERSION,
        min_face_px=24,
        min_face_confidence=0.5,
        measured_at=_MEASURED_AT,
        photographs=_PHOTOGRAPHS,
        fates={
            label: {size: _fates(*row) for size, row in zip(FaceSize, rows, strict=True)}
            for label, rows in fates.items()
        },
        false_faces={size: dict(zip(Label, row, strict=True)) for size, row in zip(FaceSize, false_faces, strict=True)},
    )


def _fates(not_found: int, with_mask: int, without_mask: int, incorrect_mask: int) -> FaceFates:
    return FaceFates(not_found=not_found, with_mask=with_mask, without_mask=without_mask, incorrect_mask=incorrect_mask)


SHIPPED_RECALL: Mapping[str, RecallFigures] = {
    "maskwatch": _figures(
        "maskwatch",
        2,
        {
            Label.WITH_MASK: ((1, 159, 2, 0), (2, 86, 1, 0), (0, 61, 0, 0)),
            Label.WITHOUT_MASK: ((4, 1, 23, 0), (0, 0, 20, 0), (0, 0, 9, 0)),
            Label.INCORRECT_MASK: ((1, 2, 4, 0), (0, 1, 4, 0), (0, 1, 1, 0)),
        },
        ((24, 6, 0), (10, 1, 0), (0, 1, 0)),
    ),
    "haar": _figures(
        "haar",
        None,
        {
            Label.WITH_MASK: ((117, 44, 1, 0), (53, 36, 0, 0), (40, 21, 0, 0)),
            Label.WITHOUT_MASK: ((15, 0, 13, 0), (5, 0, 15, 0), (0, 0, 9, 0)),
            Label.INCORRECT_MASK: ((6, 0, 1, 0), (4, 0, 1, 0), (0, 0, 2, 0)),
        },
        ((2, 1, 0), (3, 1, 0), (1, 0, 0)),
    ),
    "yunet": _figures(
        "yunet",
        None,
        {
            Label.WITH_MASK: ((20, 141, 1, 0), (10, 79, 0, 0), (4, 57, 0, 0)),
            Label.WITHOUT_MASK: ((1, 1, 26, 0), (1, 0, 19, 0), (0, 0, 9, 0)),
            Label.INCORRECT_MASK: ((1, 2, 4, 0), (0, 1, 4, 0), (0, 2, 0, 0)),
        },
        ((18, 7, 0), (6, 1, 0), (6, 0, 0)),
    ),
}
