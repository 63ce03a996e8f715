import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.detectors.closer import areas_around, is_cut
from worker.detectors.detector import Patch

WHOLE = Patch(0, 0, 1280, 720)
boxes = st.lists(
    st.builds(
        lambda x, y, width, height: [x, y, x + width, y + height],
        st.floats(-50, 1290), st.floats(-50, 730), st.floats(1, 200), st.floats(1, 200),
    ),
    max_size=30,
)  # fmt: skip


@settings(deadline=None)
@given(boxes)
def test_each_suspect_lies_within_an_area_as_far_as_within_the_picture(suspects: list[list[float]]) -> None:
    areas = areas_around(np.array(suspects, np.float32).reshape(-1, 4), 24, WHOLE)
    assert all(0 <= area.x0 < area.x1 <= 1280 and 0 <= area.y0 < area.y1 <= 720 for area in areas)
    for x0, y0, x1, y1 in suspects:
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        is_outside = not (0 <= x < 1280 and 0 <= y < 720)
        assert is_outside or any(area.x0 <= x <= area.x1 and area.y0 <= y <= area.y1 for area in areas)


def test_many_suspects_everywhere_are_one_area() -> None:
    everywhere = [[x, y, x + 60, y + 60] for x in range(0, 1280, 60) for y in range(0, 720, 60)]
    assert areas_around(np.array(everywhere, np.float32), 24, WHOLE) == [WHOLE]
    assert areas_around(np.zeros((0, 4), np.float32), 24, WHOLE) == []


def test_a_box_at_an_inner_edge_is_cut_and_one_at_the_pictures_edge_is_not() -> None:
    area = Patch(0, 100, 200, 300)
    found = np.array([[1, 150, 40, 190], [50, 101, 90, 140], [50, 150, 90, 190], [150, 150, 199, 190]], np.float32)
    assert is_cut(found, area, WHOLE, 2).tolist() == [False, True, False, True]
