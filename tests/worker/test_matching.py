import numpy as np
import pytest

from shared.messages import Box
from tests.builders import a_detection
from worker.matching import iou, matched

FACE = Box(270, 170, 330, 230)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        pytest.param(FACE, 1.0, id="the same"),
        pytest.param(Box(300, 170, 330, 230), 0.5, id="its half"),
        pytest.param(Box(330, 170, 390, 230), 0.0, id="its neighbour"),
        pytest.param(Box(300, 200, 300, 200), 0.0, id="a point"),
    ],
)
def test_the_overlap_is_shared_over_joint_area(other: Box, expected: float) -> None:
    assert iou(FACE, other) == pytest.approx(expected)


def test_a_face_goes_to_the_surest_of_its_detections() -> None:
    detections = [a_detection(face_confidence=0.6), a_detection(face_confidence=0.9)]
    assert matched([FACE], detections) == [None, 0]


def test_each_detection_takes_the_face_that_it_overlaps_most() -> None:
    faces = [FACE, FACE._replace(x0=FACE.x0 + 20, x1=FACE.x1 + 20)]
    assert matched(faces, [a_detection(x=318), a_detection(x=301)]) == [1, 0]


def test_nothing_matches_nothing() -> None:
    assert matched([], [a_detection()]) == [None]
    assert matched([FACE], []) == []


def test_the_surest_detections_are_matched_as_if_there_were_no_others() -> None:
    random = np.random.default_rng(3)
    faces = [FACE._replace(x0=FACE.x0 + shift, x1=FACE.x1 + shift) for shift in (0, 15, 40)]
    all_of_them = [
        a_detection(x=300 + float(shift), face_confidence=float(sure))
        for shift, sure in zip(random.uniform(-40, 80, 30), random.uniform(0, 1, 30), strict=True)
    ]
    sure = [each for each in all_of_them if each.face_confidence >= 0.6]
    among_all = dict(zip(map(id, all_of_them), matched(faces, all_of_them), strict=True))
    assert matched(faces, sure) == [among_all[id(each)] for each in sure]
