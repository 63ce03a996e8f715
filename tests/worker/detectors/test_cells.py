import numpy as np

from worker.detectors.cells import decode, is_part, surest

NOTHING = -9.0


def test_a_cell_answers_with_distances_in_strides_from_its_centre() -> None:
    values = np.full((4, 6, 5), NOTHING, np.float32)
    values[1, 2] = (0.5, np.log(1), np.log(0.5), np.log(2), np.log(3))
    boxes, logits = decode([values], [8], least_logit=0.0)
    # The cell's centre is (20, 12).
    np.testing.assert_allclose(boxes, [(12, 8, 36, 36)], rtol=1e-5)
    assert logits.tolist() == [0.5]


def test_levels_follow_one_another_and_unsure_cells_stay_away() -> None:
    fine, coarse = np.zeros((4, 4, 5), np.float32), np.zeros((2, 2, 5), np.float32)
    fine[..., 0], coarse[..., 0] = NOTHING, 1.0
    boxes, logits = decode([fine, coarse], [8, 16], least_logit=0.0)
    assert len(boxes) == len(logits) == 4
    np.testing.assert_allclose(boxes[0], (-8, -8, 24, 24))


def test_nothing_sure_gives_no_boxes() -> None:
    boxes, logits = decode([np.full((2, 2, 5), NOTHING, np.float32)], [8], least_logit=0.0)
    assert boxes.shape == (0, 4)
    assert len(surest(boxes, logits, 0.5)) == 0


def test_of_boxes_of_one_face_the_surest_stays_and_its_neighbour_too() -> None:
    boxes = np.array([(0, 0, 10, 10), (1, 0, 11, 10), (20, 0, 30, 10)], np.float32)
    assert surest(boxes, np.array([1, 3, 2], np.float32), 0.5).tolist() == [1, 2]


def test_a_mouth_is_part_of_a_face_unless_it_is_much_surer() -> None:
    face, mouth, beside = (0, 0, 40, 50), (8, 25, 32, 49), (60, 0, 90, 40)
    boxes = np.array([mouth, face, beside], np.float32)
    assert is_part(boxes, np.array([1.2, 1.0, 0.0], np.float32)).tolist() == [True, False, False]
    assert is_part(boxes, np.array([2.2, 1.0, 0.0], np.float32)).tolist() == [False, False, False]
    assert is_part(boxes[:0], np.zeros(0, np.float32)).tolist() == []
