"""Where motion counts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.motion.counting import NEAR_SHARE, counting_cells
from shared.zones import Point, Zone, counts_at

ROWS, COLUMNS = 45, 80

places = st.builds(Point, st.floats(0, 1), st.floats(0, 1))


@st.composite
def zones_somewhere(draw: st.DrawFn) -> Zone:
    x, y = draw(st.floats(0, 0.8)), draw(st.floats(0, 0.8))
    width, height = draw(st.floats(0.02, 0.2)), draw(st.floats(0.02, 0.2))
    corners = (Point(x, y), Point(x + width, y), Point(x + width / 2, y + height))
    return Zone(kind=draw(st.sampled_from(["include", "exclude"])), corners=corners)


@settings(deadline=None, max_examples=40)
@given(st.lists(zones_somewhere(), max_size=4), st.lists(places, min_size=5, max_size=20))
def test_motion_counts_wherever_a_face_would(zones: list[Zone], centres: list[Point]) -> None:
    counts = counting_cells(zones, ROWS, COLUMNS)
    for x, y in centres:
        cell = counts[min(int(y * ROWS), ROWS - 1), min(int(x * COLUMNS), COLUMNS - 1)]
        assert cell or not counts_at(zones, x, y)


def test_without_zones_motion_counts_everywhere() -> None:
    assert counting_cells((), ROWS, COLUMNS).all()


def test_beside_a_zone_motion_counts_as_far_as_a_face_reaches_and_no_farther() -> None:
    corners = (Point(0.4, 0.4), Point(0.6, 0.4), Point(0.6, 0.6), Point(0.4, 0.6))
    counts = counting_cells((Zone(corners=corners),), ROWS, COLUMNS)
    rows = np.flatnonzero(counts[:, COLUMNS // 2])
    assert abs(rows[0] / ROWS - (0.4 - NEAR_SHARE)) < 2 / ROWS
    assert abs((rows[-1] + 1) / ROWS - (0.6 + NEAR_SHARE)) < 2 / ROWS


def test_a_zone_thinner_than_a_cell_still_counts() -> None:
    corners = (Point(0.501, 0.1), Point(0.503, 0.1), Point(0.503, 0.9), Point(0.501, 0.9))
    assert counting_cells((Zone(corners=corners),), ROWS, COLUMNS)[ROWS // 2, COLUMNS // 2]
