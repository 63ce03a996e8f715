"""What an evaluation finds, as it is kept and handed on."""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

Progress = Callable[[int, int], None]  # how many pictures are done, of how many


class Report(BaseModel):
    """A frozen record; shares are 0 to 1, rounded to four places."""

    model_config = ConfigDict(frozen=True)


class Interval(Report):
    """Where the true value lies with 95% confidence."""

    low: float
    high: float


class Recall(Report):
    """Annotated faces of one label and size, how many of them a detector found, and Wilson's 95% interval."""

    faces: int
    found: int
    recall: float
    low: float
    high: float


class Measured(Report):
    """Which detector and which model were measured, at which working point.

    ``detector_version`` is ``None`` for detectors that have no versions of ours.
    """

    detector: str
    detector_version: int | None
    model_version: int
    min_face_px: int
    min_face_confidence: float


class Milliseconds(Report):
    """Over pictures: the time that half of them stay below, and that 95% of them do."""

    median: float
    p95: float


class Timing(Report):
    """Time a picture once it is decoded: to find the faces, and to find, cut and classify them."""

    threads: int
    detect: Milliseconds
    everything: Milliseconds


class BoxesReport(Report):
    """Detector and classifier on annotated photographs.

    A found face overlaps its annotation by an IoU of 0.5 or more. ``rightly_labelled`` is the
    part of all annotated faces that was found and got its label; a wrongly worn mask counts as
    right when it is not taken for a worn one. Compliance is the part of faces with a mask:
    ``true_compliance`` among annotated faces, ``reported_compliance`` among all that was detected.

    Faces under 24 pixels count neither for nor against. What the classifier refuses as no face is
    not detected, except in ``average_precision``, which is the detector's alone. Intervals are 95%:
    Wilson's for shares of faces, Newcombe's for ``recall_gap``, by resampling the photographs for
    ``compliance_bias``; ``None`` where there is nothing to compare.
    """

    images: int
    faces: int
    recall: dict[str, dict[str, Recall]]  # label -> size or "all" -> recall
    recall_gap: float | None  # recall of masked faces less that of bare ones
    recall_gap_interval: Interval | None
    rightly_labelled: dict[str, float]
    rightly_labelled_intervals: dict[str, Interval]
    called: dict[str, dict[str, int]]  # label -> what its found faces were called -> faces
    fates: dict[str, dict[str, dict[str, int]]]  # label -> size -> what they were called, or not_found -> faces
    false_faces_called: dict[str, int]
    false_faces: dict[str, dict[str, int]]  # size -> what they were called -> false faces, in all photographs
    precision: float
    precision_interval: Interval
    false_faces_per_image: float
    average_precision: float | None
    true_compliance: float
    reported_compliance: float
    compliance_bias: float
    compliance_bias_interval: Interval | None
    milliseconds_per_image: float  # the mean of timing.everything
    timing: Timing
    measured: Measured | None
    unreadable: tuple[str, ...]  # files that are no pictures; nothing above speaks of them


def share(part: float, whole: float) -> float:
    """A part of a whole, 0 where there is none."""
    return round(part / whole, 4) if whole else 0.0
