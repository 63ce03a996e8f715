import cv2
import numpy as np
import pytest

from shared.messages import Box
from tests.worker.drawn import a_jpeg
from tests.worker.events.snapshots.asking import FACE_BOX, OTHER_BOX, SCENE
from worker.detectors import Picture
from worker.events.snapshots.blurring import in_crop, without_other_faces


def _decoded(jpeg: bytes) -> Picture:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _detail(picture: Picture, box: Box) -> float:
    x0, y0, x1, y1 = (int(value) for value in box)
    grey = cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def test_the_other_face_is_gone_and_the_violators_is_as_it_was() -> None:
    before = a_jpeg(SCENE)
    after = _decoded(without_other_faces(before, FACE_BOX, [OTHER_BOX]))
    assert _detail(after, OTHER_BOX) < 0.05 * _detail(_decoded(before), OTHER_BOX)
    assert _detail(after, FACE_BOX) == pytest.approx(_detail(_decoded(before), FACE_BOX), rel=0.2)


def test_without_others_the_picture_is_untouched() -> None:
    assert without_other_faces(a_jpeg(SCENE), FACE_BOX, []) == a_jpeg(SCENE)


@pytest.mark.parametrize("x", [-60.0, -99.0, 590.0, 639.5, 5000.0])
def test_a_face_at_the_edge_or_beyond_it_is_no_error(x: float) -> None:
    jpeg = without_other_faces(a_jpeg(SCENE), FACE_BOX, [Box(x, 200, x + 100, 300)])
    assert _decoded(jpeg).shape == SCENE.shape


def test_a_face_that_overlaps_the_violators_is_blurred_where_it_does() -> None:
    overlapping = Box(200, 150, 300, 250)
    after = _decoded(without_other_faces(a_jpeg(SCENE), FACE_BOX, [overlapping]))
    shared_part = Box(200, 150, 250, 250)
    assert _detail(after, shared_part) < 0.2 * _detail(SCENE, shared_part)


def test_boxes_are_found_in_the_crop_that_workers_cut() -> None:
    (own,) = in_crop([FACE_BOX], FACE_BOX, 160)
    assert (own.x0, own.y0, own.x1, own.y1) == pytest.approx((30, 30, 130, 130))
    assert in_crop([OTHER_BOX], FACE_BOX, 160) == []
    assert len(in_crop([Box(240, 150, 340, 250)], FACE_BOX, 160)) == 1


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(ValueError, match="decoded"):
        without_other_faces(b"no picture", FACE_BOX, [OTHER_BOX])
