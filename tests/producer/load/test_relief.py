import pytest

from producer.load.relief import LoadLevel, Relief


@pytest.mark.parametrize(
    ("relief", "level"),
    [
        (Relief(), LoadLevel.NORMAL),
        (Relief(keyframes=0.1), LoadLevel.KEYFRAMES),
        (Relief(keyframes=1.0, rate=0.9), LoadLevel.RATES),
        (Relief(keyframes=1.0, rate=1.0, halvings=1), LoadLevel.RESOLUTION),
    ],
)
def test_the_level_is_the_last_of_what_gives_way(relief: Relief, level: LoadLevel) -> None:
    assert relief.level is level


def test_keyframes_are_put_off_up_to_the_promise_and_never_brought_forward() -> None:
    assert [Relief(keyframes=share).keyframe_interval_s(1.5, 5.0) for share in (0.0, 0.5, 1.0)] == [1.5, 3.25, 5.0]
    assert Relief(keyframes=1.0).keyframe_interval_s(10.0, 5.0) == 10.0


@pytest.mark.parametrize(
    ("width", "height", "halvings"), [(640, 480, 0), (1280, 720, 1), (720, 1280, 1), (1920, 1080, 1), (3840, 2160, 2)]
)
def test_a_picture_is_halved_only_as_far_as_faces_can_be_found_in_it(width: int, height: int, halvings: int) -> None:
    assert Relief(halvings=2).halvings_of(width, height) == halvings
    assert Relief(halvings=1).halvings_of(width, height) == min(1, halvings)
    assert Relief().halvings_of(width, height) == 0
