import pytest

from console.cameras import zone_texts
from console.errors import BadInput
from shared.zones import Point

CORNERS = (Point(0.1, 0.2), Point(0.5, 0.2), Point(0.5, 0.9))


@pytest.mark.parametrize(
    "text",
    ["0.1,0.2 0.5,0.2 0.5,0.9", ".1,.2;.5,.2;.5,.9", "10%,20%/50%,20%/50%,90%", "0.1,20%;  0.5,0.2 /0.5,0.90"],
)
def test_corners_are_shares_or_percent_with_blanks_semicolons_or_slashes_between(text: str) -> None:
    assert zone_texts.parse(text, "include").corners == CORNERS


@pytest.mark.parametrize(
    "text", ["0.1,0.2,0.5,0.2,0.5,0.9", "[[0.1,0.2],[0.5,0.2],[0.5,0.9]]", "[[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]"]
)
def test_corners_may_be_one_list(text: str) -> None:
    assert zone_texts.parse(text, "include").corners == CORNERS


def test_a_zone_may_say_itself_whether_it_counts() -> None:
    zone = zone_texts.parse("exclude:tv=0.1,0.2 0.5,0.2 0.5,0.9", "include")
    assert (zone.kind, zone.name, zone.corners) == ("exclude", "tv", CORNERS)
    assert zone_texts.parse("include: 0.1,0.2 0.5,0.2 0.5,0.9", "include").kind == "include"


def test_a_name_stands_before_and_comes_back_in_the_text() -> None:
    zone = zone_texts.parse("left door=0.1,0.2 0.5,0.2 0.5,0.9", "exclude")
    assert (zone.name, zone.kind, zone.corners) == ("left door", "exclude", CORNERS)
    assert zone_texts.parse(zone_texts.as_text(zone), "exclude") == zone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "has at least 3 corners, this has 0"),
        ("0.1,0.2 0.5,0.2", "has at least 3 corners, this has 2"),
        (" ".join(["0.1,0.2"] * 65), "has at most 64 corners, this has 65"),
        ("0.1 0.2 0.3", "the corner '0.1' is not x,y"),
        ("0.1,0.2,0.3 0.5,0.2 0.5,0.9", "the corner '0.1,0.2,0.3' is not x,y"),
        ("0.1,a 0.5,0.2 0.5,0.9", "'a' is no number"),
        ("-0.1,0.2 0.5,0.2 0.5,0.9", "-0.1 lies outside the picture"),
        ("640,360 0,0 1,1", "640 lies outside the picture"),
        ("120%,0 0,0 1,1", "120% lies outside the picture"),
        ("0,0 0.5,0.5 1,1", "lie on one line"),
        ("d/oor=0.1,0.2 0.5,0.2 0.5,0.9", "the name 'd/oor' is not allowed"),
    ],
)
def test_each_mistake_is_said_with_an_example(text: str, expected: str) -> None:
    with pytest.raises(BadInput) as caught:
        zone_texts.parse(text, "exclude")
    assert expected in str(caught.value)
    assert str(caught.value).endswith(f"for example --exclude {zone_texts.EXAMPLE}")
