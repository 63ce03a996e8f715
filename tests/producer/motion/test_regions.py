"""From cells to regions."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.motion.regions import CellBox, HeldBoxes, boxes_around, strong_groups
from shared.messages import MAX_REGIONS

grids = st.builds(
    lambda seed, rows, columns, share: np.random.default_rng(seed).random((rows, columns)) < share,
    st.integers(0, 999),
    st.integers(1, 60),
    st.integers(1, 90),
    st.floats(0, 0.3),
)


@settings(deadline=None)
@given(grids)
def test_boxes_hold_every_cell_and_are_no_more_than_a_header_takes(
    cells: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
) -> None:
    boxes = boxes_around(cells)
    assert len(boxes) <= MAX_REGIONS
    for row, column in zip(*np.nonzero(cells), strict=True):
        assert any(box.x0 <= column < box.x1 and box.y0 <= row < box.y1 for box in boxes)


def test_a_group_has_to_be_strong_enough_as_a_whole() -> None:
    strength = np.zeros((8, 12), np.float32)
    strength[1, 1] = 1.6  # alone
    strength[4, 2:4] = 1.6  # two that touch
    strength[6, 9] = 4.0  # alone, but far above its bar
    strength[2, 6:10] = 0.9  # below
    assert sorted(zip(*np.nonzero(strong_groups(strength, least=3.0)), strict=True)) == [(4, 2), (4, 3), (6, 9)]


def test_a_box_is_held_for_a_second_unless_something_moves_in_it_again() -> None:
    held = HeldBoxes()
    stopped, walking, further = CellBox(0, 0, 4, 4), CellBox(20, 0, 24, 4), CellBox(22, 0, 26, 4)
    assert held.update([stopped, walking], now=10.0) == [stopped, walking]
    assert held.update([further], now=10.5) == [further, stopped]
    assert held.update([further], now=11.2) == [further]


def test_held_boxes_make_room_for_what_moves_now() -> None:
    held = HeldBoxes()
    row = [CellBox(x, 0, x + 1, 1) for x in range(0, 2 * MAX_REGIONS, 2)]
    held.update(row, now=0.0)
    moving = [CellBox(x, 5, x + 1, 6) for x in range(5)]
    boxes = held.update(moving, now=0.2)
    assert len(boxes) == MAX_REGIONS
    assert boxes[:5] == moving


def test_a_grid_that_does_not_divide_the_picture_ends_with_it() -> None:
    box = CellBox(0, 0, 3, 7).scaled((7, 3), width=10, height=10)
    assert box == (0, 0, 10, 10)
