import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.zones import Point, Zone, counts_at

LEFT = Zone(corners=(Point(0, 0), Point(0.5, 0), Point(0.5, 1), Point(0, 1)))
PAINTING = Zone(kind="exclude", corners=(Point(0.1, 0.1), Point(0.3, 0.1), Point(0.3, 0.3), Point(0.1, 0.3)))
L_SHAPE = Zone(
    corners=(Point(0, 0), Point(1, 0), Point(1, 0.4), Point(0.4, 0.4), Point(0.4, 1), Point(0, 1)),
)


def test_without_zones_everything_counts() -> None:
    assert counts_at((), 0.99, 0.01)


def test_an_including_zone_leaves_the_rest_out() -> None:
    assert counts_at((LEFT,), 0.25, 0.5)
    assert not counts_at((LEFT,), 0.75, 0.5)


def test_an_excluding_zone_goes_before_an_including_one() -> None:
    assert not counts_at((LEFT, PAINTING), 0.2, 0.2)
    assert counts_at((LEFT, PAINTING), 0.4, 0.2)


def test_an_excluding_zone_alone_leaves_the_rest_in() -> None:
    assert counts_at((PAINTING,), 0.9, 0.9)
    assert not counts_at((PAINTING,), 0.2, 0.2)


@pytest.mark.parametrize(("x", "y", "holds"), [(0.2, 0.8, True), (0.8, 0.2, True), (0.8, 0.8, False)])
def test_a_polygon_may_be_hollow(x: float, y: float, holds: bool) -> None:
    assert L_SHAPE.holds(x, y) is holds


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_direction_in_which_corners_are_given_does_not_matter(x: float, y: float) -> None:
    turned = Zone(corners=L_SHAPE.corners[::-1])
    assert turned.holds(x, y) == L_SHAPE.holds(x, y)


@pytest.mark.parametrize(
    "corners",
    [
        [(0, 0), (1, 1)],
        [(0, 0), (0.5, 0.5), (1, 1)],
        [(0, 0), (1.2, 0), (1, 1)],
        [(0, 0), (float("nan"), 0), (1, 1)],
    ],
    ids=["two corners", "on one line", "outside the picture", "not a number"],
)
def test_what_encloses_nothing_is_no_zone(corners: list[tuple[float, float]]) -> None:
    with pytest.raises(ValidationError):
        Zone.model_validate({"corners": corners})
