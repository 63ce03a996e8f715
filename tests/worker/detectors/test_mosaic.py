from hypothesis import given, settings
from hypothesis import strategies as st

from worker.detectors.mosaic import CANVASES, GAP_PX, Place, Size, packed

sizes = st.lists(st.tuples(st.integers(1, 1500), st.integers(1, 1500)), max_size=40)


@settings(deadline=None)
@given(sizes)
def test_each_part_lies_on_its_canvas_apart_from_the_others(parts: list[Size]) -> None:
    mosaic = packed(parts)
    laid = list(zip(parts, mosaic.places, strict=True))
    for (width, height), place in laid:
        assert place.x + width <= mosaic.canvases[place.canvas][0]
        assert place.y + height <= mosaic.canvases[place.canvas][1]
    for number, one in enumerate(laid):
        assert all(_are_apart(one, other) for other in laid[:number] if one[1].canvas == other[1].canvas)


def _are_apart(one: tuple[Size, Place], other: tuple[Size, Place]) -> bool:
    (width, height), place = one
    (other_width, other_height), there = other
    beside = place.x + width + GAP_PX <= there.x or there.x + other_width + GAP_PX <= place.x
    return beside or place.y + height + GAP_PX <= there.y or there.y + other_height + GAP_PX <= place.y


def test_whole_pictures_of_a_usual_camera_get_a_canvas_each_and_their_small_copies_one_together() -> None:
    mosaic = packed([(1280, 720), (304, 171)] * 4)
    assert sorted(mosaic.canvases) == [(640, 384), *[(1280, 768)] * 4]


def test_few_small_patches_need_the_smallest_canvas_and_many_a_larger_one() -> None:
    assert packed([(128, 128), (96, 160)]).canvases == [CANVASES[0]]
    assert packed([(128, 128)] * 8).canvases == [(640, 384)]
    assert packed([]).canvases == []
