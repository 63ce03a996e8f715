"""What is no motion although the picture changes: light, compression, clocks, leaves, infrared, the wind."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from producer.motion.gate import MotionGate
from tests.producer.motion.drawn import (
    HEIGHT,
    WIDTH,
    Playing,
    Room,
    a_room,
    keyframes,
    sent_for_motion,
    shows,
    with_person,
)

NEVER_S = 3600.0
CLOCK = (slice(4, 12), slice(8, 14))  # where a digit stands: 8 x 6 reduced pixels, 32 x 24 of the full picture
TREE = (slice(20, 100), slice(220, 300))


def playing(sigma: float = 1.5) -> Playing:
    return Playing(MotionGate("medium", NEVER_S), sigma)


def flicker(seed: int, shape: tuple[int, int]) -> Room:
    return np.random.default_rng(seed).normal(0, 1, shape).astype(np.float32)


@pytest.mark.parametrize("gain", [0.6, 0.8, 1.2, 1.5])
def test_a_step_of_the_exposure_sends_nothing(gain: float) -> None:
    camera = playing()
    camera.calm(0.8 * a_room())
    looks = camera.show_all(lambda _: 0.8 * gain * a_room(), seconds=2)
    assert not any(look.is_wanted for look in looks)


@pytest.mark.parametrize("gain", [0.8, 1.2])
def test_one_above_a_black_that_is_grey_sends_no_more_than_one_frame(gain: float) -> None:
    camera = playing()
    camera.calm(16 + 0.7 * a_room())
    looks = camera.show_all(lambda _: 16 + gain * 0.7 * a_room(), seconds=2)
    assert sum(look.is_wanted for look in looks) <= 1


def test_who_moves_while_the_exposure_steps_is_sent_all_the_same() -> None:
    camera = playing()
    camera.calm(a_room())
    assert shows(camera.show(0.8 * with_person(a_room(), x=100)), 100)


def test_a_blown_out_window_that_gets_its_shades_back_sends_nothing() -> None:
    room = a_room().copy()
    room[20:80, 200:260] = 290 + 20 * flicker(1, (60, 60))
    camera = playing()
    camera.calm(room)
    looks = camera.show_all(lambda _: 0.75 * room, seconds=2)
    assert not any(look.is_wanted for look in looks)


def test_light_that_drifts_across_the_room_sends_nothing() -> None:
    across = np.linspace(0.2, 1, WIDTH, dtype=np.float32)
    camera = Playing(MotionGate("medium", 1.5))
    looks = camera.show_all(lambda at: a_room() * (1 + 0.2 * np.sin(at / 8) * across), seconds=50)
    assert sent_for_motion(looks) == 0


def test_a_cloud_over_half_of_the_room_sends_nothing() -> None:
    shade = np.clip(np.linspace(-1, 3, WIDTH, dtype=np.float32), 0, 1)
    camera = playing()
    camera.calm(a_room())
    looks = camera.show_all(lambda at: a_room() * (1 - 0.06 * at * shade), seconds=2)
    assert not any(look.is_wanted for look in looks)


def test_key_frames_that_pulse_send_nothing_once_they_are_known() -> None:
    soft = cv2.GaussianBlur(a_room(), (3, 3), 0)

    def pulsing(at: float) -> Room:
        return a_room() if round(at * 5) % 10 < 2 else np.asarray(soft, np.float32)

    camera = Playing(MotionGate("medium", 1.5), sigma=0.7)
    camera.show_all(pulsing, seconds=12)
    assert sent_for_motion(camera.show_all(pulsing, seconds=20)) == 0


def ticking(at: float) -> Room:
    room = a_room().copy()
    room[CLOCK] = 255 * (flicker(int(at), (8, 6)) > 0)
    return room


def test_a_clock_is_learnt_within_ten_seconds() -> None:
    camera = Playing(MotionGate("medium", 1.5))
    looks = camera.show_all(ticking, seconds=12)
    assert 3 <= sent_for_motion(looks) <= 10
    assert sent_for_motion(camera.show_all(ticking, seconds=20)) <= 5


def test_who_walks_past_a_clock_is_sent() -> None:
    camera = playing()
    camera.show_all(ticking, seconds=20)
    looks = camera.show_all(lambda at: with_person(ticking(at), x=10 * at, y=20), seconds=3)
    assert all(shows(look, 10 * number / 5, 20) for number, look in enumerate(looks) if number > 1)


def windy(at: float) -> Room:
    leaves = 12 * cv2.blur(flicker(round(at * 5), (80, 80)), (5, 5)) * 5
    room = a_room().copy()
    room[TREE] += leaves * (flicker(round(at * 5) + 1, (1, 1)) > -0.3)
    return room


def test_a_tree_in_the_wind_is_learnt_and_people_elsewhere_and_before_it_are_still_sent() -> None:
    camera = Playing(MotionGate("medium", 1.5))
    camera.show_all(windy, seconds=40)
    assert sent_for_motion(camera.show_all(windy, seconds=10)) <= 10
    looks = camera.show_all(lambda at: with_person(windy(at), x=60 + 20 * at), seconds=2)
    assert all(shows(look, 60 + 20 * number / 5) for number, look in enumerate(looks))
    looks = camera.show_all(lambda at: with_person(windy(at), x=230 + 20 * at, contrast=80), seconds=2)
    assert sum(shows(look, 230 + 20 * number / 5) for number, look in enumerate(looks)) >= 8


def test_what_was_learnt_is_forgotten_when_the_flicker_ends() -> None:
    camera = Playing(MotionGate("medium", 1.5))
    camera.show_all(windy, seconds=30)
    camera.calm(a_room(), seconds=100)
    assert shows(camera.show(with_person(a_room(), x=260)), 260)


def by_night(room: Room) -> Room:
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    other = 255 - cv2.GaussianBlur(room, (5, 5), 0)  # materials reflect infrared as they please
    return np.asarray((60 + 0.7 * other) * (1.2 - 0.4 * (x * x + y * y)), np.float32)


@pytest.mark.parametrize(
    "change", [pytest.param(by_night, id="infrared"), pytest.param(lambda room: room[:, ::-1], id="turned")]
)
def test_a_picture_that_changes_as_a_whole_is_sent_whole_and_then_all_is_calm(change: Callable[[Room], Room]) -> None:
    camera = playing()
    camera.calm(a_room())
    looks = camera.show_all(lambda _: change(a_room()), seconds=4)
    assert looks[0].is_wanted
    assert looks[0].regions is None
    assert not any(look.is_wanted for look in looks[2:])


def test_after_a_switch_to_infrared_people_are_sent_at_once() -> None:
    camera = playing()
    camera.calm(a_room())
    camera.calm(by_night(a_room()), seconds=2)
    assert shows(camera.show(by_night(with_person(a_room(), x=100))), 100)


def test_lightning_sends_whole_pictures_and_then_all_is_calm() -> None:
    camera = playing()
    camera.calm(0.5 * a_room())
    flashes = camera.show_all(lambda at: 1.6 * a_room()[::-1] + 60 if at < 0.3 else 0.5 * a_room(), seconds=1)
    assert keyframes(flashes) >= 1
    assert not any(look.is_wanted for look in camera.show_all(lambda _: 0.5 * a_room(), seconds=4))


def test_a_camera_that_shakes_a_little_on_its_pole_is_learnt() -> None:
    def shaking(at: float) -> Room:
        shift = np.array([[1, 0, 0.25 * np.sin(7 * at)], [0, 1, 0.25 * np.cos(11 * at)]], np.float32)
        return np.asarray(cv2.warpAffine(a_room(), shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE), np.float32)

    camera = Playing(MotionGate("medium", 1.5))
    camera.show_all(shaking, seconds=20)
    assert sent_for_motion(camera.show_all(shaking, seconds=10)) <= 2
    looks = camera.show_all(lambda at: with_person(shaking(at), x=100 + 20 * at), seconds=2)
    assert all(shows(look, 100 + 20 * number / 5) for number, look in enumerate(looks))
