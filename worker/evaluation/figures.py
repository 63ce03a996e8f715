"""From scored photographs to the figures of a report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.face_sizes import FaceSize, size_of
from shared.messages import Detection, Label
from shared.recall import NOT_FOUND
from worker.evaluation.intervals import apart, ratio, resampled, wilson
from worker.evaluation.record import BoxesReport, Interval, Measured, Milliseconds, Recall, Timing, share
from worker.evaluation.scoring import JudgedFace, ScoredPhotograph

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """All that was seen of one detector and model; times in seconds, one for each photograph."""

    photographs: Sequence[ScoredPhotograph]
    detect_s: Sequence[float]
    everything_s: Sequence[float]
    threads: int
    measured: Measured | None
    average_precision: float | None
    unreadable: tuple[str, ...]


def boxes_report(outcome: Outcome) -> BoxesReport:
    """The figures over all photographs."""
    photographs = outcome.photographs
    faces = [face for each in photographs for face in each.faces]
    false = [detection for each in photographs for detection in each.false]
    found = sum(face.detection is not None for face in faces)
    of_label = {label: [face for face in faces if face.label is label] for label in Label}
    present = {label: those for label, those in of_label.items() if those}
    right = {label: sum(face.is_rightly_labelled for face in those) for label, those in present.items()}
    compliance = _compliance(photographs)
    gap, around_gap = _recall_gap(present)
    return BoxesReport(
        images=len(photographs),
        faces=len(faces),
        recall={label.value: _recalls(those) for label, those in present.items()},
        recall_gap=gap,
        recall_gap_interval=around_gap,
        rightly_labelled={label.value: share(right[label], len(those)) for label, those in present.items()},
        rightly_labelled_intervals={label.value: wilson(right[label], len(those)) for label, those in present.items()},
        called={label.value: _called(face.detection for face in those) for label, those in present.items()},
        fates={label.value: _fates(those) for label, those in present.items()},
        false_faces_called=_called(false),
        false_faces=_false_faces(false),
        precision=share(found, found + len(false)),
        precision_interval=wilson(found, found + len(false)),
        false_faces_per_image=share(len(false), len(photographs)),
        average_precision=outcome.average_precision,
        true_compliance=compliance[0],
        reported_compliance=compliance[1],
        compliance_bias=round(compliance[1] - compliance[0], 4),
        compliance_bias_interval=resampled(_compliance_counts(photographs), _biases),
        milliseconds_per_image=_mean_ms(outcome.everything_s),
        timing=Timing(
            threads=outcome.threads,
            detect=_milliseconds(outcome.detect_s),
            everything=_milliseconds(outcome.everything_s),
        ),
        measured=outcome.measured,
        unreadable=outcome.unreadable,
    )


def _recalls(faces: Sequence[JudgedFace]) -> dict[str, Recall]:
    """By size, and of all."""
    of_size = {size: [face for face in faces if face.size == size] for size in FaceSize}
    return {size: _recall(those) for size, those in [*of_size.items(), ("all", faces)]}


def _recall(faces: Sequence[JudgedFace]) -> Recall:
    found, interval = _found(faces), wilson(_found(faces), len(faces))
    return Recall(faces=len(faces), found=found, recall=share(found, len(faces)), low=interval.low, high=interval.high)


def _found(faces: Iterable[JudgedFace]) -> int:
    return sum(face.detection is not None for face in faces)


def _called(detections: Iterable[Detection | None]) -> dict[str, int]:
    counted = Counter(each.label for each in detections if each is not None)
    return {label.value: counted[label] for label in Label}


def _fates(faces: Sequence[JudgedFace]) -> dict[str, dict[str, int]]:
    """By size: what became of the faces of one label."""
    of_size = {size: [face.detection for face in faces if face.size is size] for size in FaceSize}
    return {size.value: {NOT_FOUND: those.count(None), **_called(those)} for size, those in of_size.items()}


def _false_faces(false: Sequence[Detection]) -> dict[str, dict[str, int]]:
    """By size, from 24 pixels up."""
    return {size.value: _called(each for each in false if size_of(each.box.width) is size) for size in FaceSize}


def _recall_gap(present: dict[Label, list[JudgedFace]]) -> tuple[float, Interval] | tuple[None, None]:
    masked, bare = present.get(Label.WITH_MASK), present.get(Label.WITHOUT_MASK)
    if masked is None or bare is None:
        return None, None
    of_masked, of_bare = (_found(masked), len(masked)), (_found(bare), len(bare))
    return round(of_masked[0] / of_masked[1] - of_bare[0] / of_bare[1], 4), apart(of_masked, of_bare)


def _compliance(photographs: Sequence[ScoredPhotograph]) -> tuple[float, float]:
    """The true one and the reported one."""
    faces, masked, detected, detected_masked = _compliance_counts(photographs).sum(axis=0).tolist()
    return share(masked, faces), share(detected_masked, detected)


def _compliance_counts(photographs: Sequence[ScoredPhotograph]) -> NDArray[np.int64]:
    """For each photograph: faces, masked ones, detections, masked ones."""
    rows = [
        (
            len(each.faces),
            sum(face.label is Label.WITH_MASK for face in each.faces),
            len(each.detections),
            sum(detection.label is Label.WITH_MASK for detection in each.detections),
        )
        for each in photographs
    ]
    return np.array(rows, np.int64).reshape(-1, 4)


def _biases(counts: Floats) -> Floats:
    faces, masked, detected, detected_masked = counts.T
    return ratio(detected_masked, detected) - ratio(masked, faces)


def _mean_ms(seconds: Sequence[float]) -> float:
    return round(1000 * sum(seconds) / len(seconds), 2) if seconds else 0.0


def _milliseconds(seconds: Sequence[float]) -> Milliseconds:
    median, p95 = np.percentile(seconds, [50, 95]) if seconds else (0.0, 0.0)
    return Milliseconds(median=round(1000 * float(median), 2), p95=round(1000 * float(p95), 2))
