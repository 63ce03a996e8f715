from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.messages import Box, Label
from tests.builders import a_detection
from worker.evaluation.curves import ANY_FACE, Line, average_precision, curves
from worker.evaluation.figures import Outcome, boxes_report
from worker.evaluation.intervals import apart, ratio, resampled, wilson
from worker.evaluation.record import BoxesReport
from worker.evaluation.scoring import ScoredPhotograph, scored, told_apart
from worker.labelled_data import AnnotatedFace

MASKED, BARE, WRONG = Label.WITH_MASK, Label.WITHOUT_MASK, Label.INCORRECT_MASK


def a_face(x: float = 300, size: float = 60, label: Label = BARE) -> AnnotatedFace:
    half = size / 2
    return AnnotatedFace(label=label, box=Box(x - half, 200 - half, x + half, 200 + half))


def a_photograph(
    *faces: tuple[Label, Label | None], false: Sequence[Label] = (), confidence: float = 0.9
) -> ScoredPhotograph:
    """Faces beside each other, each with what it was called if it was found, and false faces of some labels."""
    annotated = [a_face(100 * number, label=label) for number, (label, _) in enumerate(faces)]
    detections = [
        a_detection(x=100 * number, label=called, face_confidence=confidence)
        for number, (_, called) in enumerate(faces)
        if called is not None
    ]
    wrong = [a_detection(x=-200, label=label, face_confidence=confidence / 2) for label in false]
    return scored(annotated, [*detections, *wrong])


def the_report(*photographs: ScoredPhotograph, seconds: Sequence[float] = (0.01,)) -> BoxesReport:
    return boxes_report(Outcome(photographs, seconds, seconds, 1, None, None, ()))


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        pytest.param(8, 10, 0.4902, 0.9433, id="eight of ten"),
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(289, 312, 0.8918, 0.9504, id="most of many"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing is known"),
    ],
)
def test_the_interval_of_a_share_is_wilsons(part: int, whole: int, low: float, high: float) -> None:
    interval = wilson(part, whole)
    assert (interval.low, interval.high) == (low, high)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        pytest.param((56, 70), (48, 80), 0.0524, 0.3339, id="Newcombe's own example"),
        pytest.param((10, 10), (20, 20), -0.2775, 0.1611, id="all of both"),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    one: tuple[int, int], other: tuple[int, int], low: float, high: float
) -> None:
    interval = apart(one, other)
    assert [interval.low, interval.high] == pytest.approx([low, high], abs=2e-4)


def test_the_same_photographs_give_the_same_interval_around_the_figure() -> None:
    counts = np.array([[1, 2], [0, 2], [2, 2], [1, 2]] * 10, np.int64)
    interval = resampled(counts, lambda sums: ratio(sums[:, 0], sums[:, 1]))
    assert interval is not None
    assert interval.low < 0.5 < interval.high
    assert interval == resampled(counts, lambda sums: ratio(sums[:, 0], sums[:, 1]))


def test_a_resampled_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    trials = [resampled(random.binomial(1, [[0.3, 1.0]] * 60).astype(np.int64), _first_share) for _ in range(40)]
    assert 34 <= sum(each is not None and each.low <= 0.3 <= each.high for each in trials) <= 40


def _first_share(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return ratio(sums[:, 0], sums[:, 1])


def test_a_figure_of_nothing_has_no_interval() -> None:
    assert resampled(np.zeros((5, 2), np.int64), _first_share) is None
    assert resampled(np.zeros((0, 2), np.int64), _first_share) is None


def test_recall_tells_labels_and_sizes_apart_with_intervals() -> None:
    annotated = [a_face(100, 30), a_face(200, 60), a_face(400, 90), a_face(600, 12)]
    report = the_report(scored(annotated, [a_detection(x=200, size=60), a_detection(x=600, size=12)]))
    assert (report.faces, report.precision) == (3, 1.0)
    counted = {size: (each.faces, each.found) for size, each in report.recall[BARE].items()}
    assert counted == {"24-40": (1, 0), "40-80": (1, 1), "80+": (1, 0), "all": (3, 1)}
    assert report.recall[BARE]["all"].low == wilson(1, 3).low
    assert MASKED not in report.recall


def test_compliance_is_biased_by_what_is_missed() -> None:
    report = the_report(*[a_photograph((MASKED, None), (BARE, BARE)), a_photograph((MASKED, MASKED))] * 20)
    assert report.true_compliance == pytest.approx(2 / 3, abs=1e-4)
    assert report.reported_compliance == 0.5
    assert report.compliance_bias == pytest.approx(-1 / 6, abs=1e-4)
    assert report.compliance_bias_interval is not None
    assert report.compliance_bias_interval.low < -1 / 6 < report.compliance_bias_interval.high < 0
    assert report.recall_gap == -0.5
    assert report.recall_gap_interval is not None


def test_without_bare_faces_there_is_no_gap() -> None:
    report = the_report(a_photograph((MASKED, MASKED)))
    assert (report.recall_gap, report.recall_gap_interval) == (None, None)


def test_what_found_faces_were_called_is_kept_for_a_correction() -> None:
    report = the_report(a_photograph((MASKED, MASKED), (MASKED, BARE), (BARE, None), (WRONG, BARE), false=[MASKED]))
    assert report.called[MASKED] == {MASKED: 1, BARE: 1, WRONG: 0}
    assert sum(report.called[BARE].values()) == 0
    assert report.false_faces_called == {MASKED: 1, BARE: 0, WRONG: 0}
    assert report.rightly_labelled == {MASKED: 0.5, BARE: 0.0, WRONG: 1.0}


def test_times_are_told_by_median_and_by_what_most_stay_below() -> None:
    report = the_report(*[a_photograph()] * 100, seconds=[0.001 * number for number in range(1, 101)])
    assert (report.timing.everything.median, report.timing.everything.p95) == (50.5, 95.05)
    assert report.milliseconds_per_image == 50.5


def test_a_report_is_read_back_as_it_was_written() -> None:
    report = the_report(a_photograph((MASKED, MASKED), (BARE, None), false=[BARE]))
    assert BoxesReport.model_validate_json(report.model_dump_json()) == report


def test_average_precision_is_the_area_below_the_best_precision_beyond_each_recall() -> None:
    # Precision 1 at recall 1/2, then 2/3 at recall 1.
    assert average_precision([(0.8, False), (0.9, True), (0.7, True)], faces=2) == pytest.approx(5 / 6, abs=1e-4)
    assert average_precision([(0.9, True)], faces=2) == 0.5
    assert average_precision([], faces=2) == 0.0
    assert average_precision([], faces=0) is None


def test_faces_too_small_to_count_speak_neither_for_nor_against_a_detector() -> None:
    annotated = [a_face(100, 60), a_face(300, 12)]
    found = [a_detection(x=300, size=12), a_detection(x=100), a_detection(x=500, face_confidence=0.2)]
    assert told_apart(annotated, found) == [(0.9, True), (0.2, False)]


def of_name(lines: Sequence[Line], name: str) -> Line:
    return next(line for line in lines if line.name == name)


def test_curves_pass_through_the_point_at_which_the_pipeline_works() -> None:
    sure = [a_photograph((MASKED, MASKED), (BARE, BARE)), a_photograph((BARE, None), false=[MASKED])]
    unsure = a_photograph((MASKED, MASKED), (MASKED, None), false=[BARE], confidence=0.3)
    missed = a_photograph((MASKED, None), (MASKED, None))
    drawn = curves([*sure, missed], [*sure, unsure], [(0.9, True)])
    for line in drawn.recall_at_false_faces:
        assert line.working_point in list(zip(line.x.tolist(), line.y.tolist(), strict=True))
    masked = of_name(drawn.recall_at_false_faces, MASKED)
    assert (masked.x[-1], masked.y[-1]) == (2 / 3, 2 / 3)
    called_masked = of_name(drawn.precision_recall, MASKED)
    assert called_masked.working_point == (1 / 3, 1 / 2)
    assert of_name(drawn.precision_recall, ANY_FACE).working_point is None


def test_a_label_that_the_model_never_gives_has_no_precision() -> None:
    photographs = [a_photograph((WRONG, BARE), (BARE, BARE))]
    drawn = curves(photographs, photographs, [])
    assert [line.name for line in drawn.precision_recall] == [BARE, ANY_FACE]
    assert [line.name for line in drawn.recall_at_false_faces] == [BARE, WRONG]


def test_what_nothing_is_called_any_more_has_no_working_point() -> None:
    searched = [a_photograph((BARE, BARE))]
    assert of_name(curves([a_photograph((BARE, None))], searched, []).precision_recall, BARE).working_point is None


def test_what_became_of_faces_is_told_by_label_and_size() -> None:
    annotated = [a_face(100, 30, MASKED), a_face(300, 60, MASKED), a_face(500, 60, WRONG)]
    found = [a_detection(x=300, size=60, label=BARE), a_detection(x=700, size=90, label=MASKED)]
    report = the_report(scored(annotated, found))
    assert report.fates[MASKED]["24-40"] == {"not_found": 1, MASKED: 0, BARE: 0, WRONG: 0}
    assert report.fates[MASKED]["40-80"] == {"not_found": 0, MASKED: 0, BARE: 1, WRONG: 0}
    assert report.fates[WRONG]["40-80"]["not_found"] == 1
    assert report.false_faces["80+"] == {MASKED: 1, BARE: 0, WRONG: 0}
