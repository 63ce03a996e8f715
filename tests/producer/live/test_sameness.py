import numpy as np

from producer.live.sameness import SamePicture

PICTURE = np.full((90, 160), 77, np.uint8)


def _other(number: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    picture = PICTURE.copy()
    picture[0, 0] = number
    return picture


def test_one_picture_for_longer_than_the_bound_hangs() -> None:
    same = SamePicture(after_s=8)
    assert [same.hangs(PICTURE, now) for now in (0.0, 4.0, 7.9, 8.1, 20.0)] == [False, False, False, True, True]


def test_the_smallest_change_is_a_sign_of_life() -> None:
    same = SamePicture(after_s=8)
    assert not any(same.hangs(_other(number % 250), now=number) for number in range(100))


def test_a_camera_that_hung_is_alive_from_its_first_other_picture_on() -> None:
    same = SamePicture(after_s=8)
    assert [same.hangs(PICTURE, now) for now in (0.0, 5.0, 10.0)][-1]
    assert not same.hangs(_other(1), 11.0)
    assert not same.hangs(_other(1), 12.0)


def test_two_pictures_far_apart_prove_nothing() -> None:
    same = SamePicture(after_s=8)
    assert not same.hangs(PICTURE, 0.0)
    assert not same.hangs(PICTURE, 60.0)
    assert same.hangs(PICTURE, 120.0)


def test_zero_never_hangs() -> None:
    same = SamePicture(after_s=0)
    assert not any(same.hangs(PICTURE, now * 100.0) for now in range(10))


def test_a_new_connection_has_as_much_time_to_give_another_picture() -> None:
    same = SamePicture(after_s=8)
    for now in (0.0, 5.0, 10.0):
        same.hangs(PICTURE, now)
    assert same.hung_since(opened_at=0.0, now=10.0)
    assert not same.hung_since(opened_at=11.0, now=18.0)
    assert same.hangs(PICTURE, 20.0)
    assert same.hung_since(opened_at=11.0, now=20.0)
