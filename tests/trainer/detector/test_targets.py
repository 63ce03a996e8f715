import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.trainer.detector.builders import boxes
from trainer.detector.targets import BOX, COUNTS, IS_FACE, STRIDES, centres, encode
from worker.detectors.cells import decode

SIDE = 256


@given(
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    side=st.floats(12, 170),
    aspect=st.floats(0.5, 2),  # narrower faces have no cell in their middle
)
def test_maps_that_answer_as_the_targets_say_decode_to_the_face(x: float, y: float, side: float, aspect: float) -> None:
    width, height = side * aspect**0.5, side / aspect**0.5
    left, top = x * (SIDE - width), y * (SIDE - height)
    face = boxes((left, top, left + width, top + height))
    maps = _answering(encode(face, boxes(), SIDE, SIDE))
    found, logits = decode(maps, STRIDES, least_logit=0.0)
    assert len(found) >= 1
    np.testing.assert_allclose(found, np.repeat(face, len(found), axis=0), atol=0.1)
    assert (logits == 1).all()


def test_a_face_too_small_to_answer_for_teaches_nothing_where_it_is() -> None:
    targets = encode(boxes((100, 100, 107, 107)), boxes(), SIDE, SIDE)
    assert not targets[:, IS_FACE].any()
    assert (targets[:, COUNTS] == 0).sum() >= 1


def test_unclear_regions_teach_nothing_but_a_face_within_does() -> None:
    targets = encode(boxes((40, 40, 72, 72)), boxes((0, 0, 128, 128)), SIDE, SIDE)
    assert (targets[targets[:, IS_FACE] == 1, COUNTS] >= 1).all()
    assert (targets[:, COUNTS] == 0).any()
    assert (targets[:, COUNTS] == 1).any()


def test_of_two_faces_around_one_cell_it_answers_for_the_smaller() -> None:
    small, large = (90.0, 90.0, 120.0, 120.0), (80.0, 80.0, 125.0, 125.0)
    targets = encode(boxes(small, large), boxes(), SIDE, SIDE)
    at = np.abs(centres(SIDE, SIDE, 8) - 105).max(axis=1).argmin()
    assert tuple(targets[at, BOX]) == small


def _answering(targets: np.ndarray) -> list[np.ndarray]:
    """The maps of a network that answers exactly as the targets say."""
    maps, begin = [], 0
    for stride in STRIDES:
        cells = centres(SIDE, SIDE, stride)
        level = targets[begin : begin + len(cells)]
        begin += len(cells)
        distances = np.concatenate([cells - level[:, 2:4], level[:, 4:6] - cells], axis=1) / stride
        values = np.concatenate([2 * level[:, 1:2] - 1, np.log(np.maximum(distances, 1e-6))], axis=1)
        maps.append(values.reshape(SIDE // stride, SIDE // stride, 5).astype(np.float32))
    return maps
