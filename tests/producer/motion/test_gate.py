"""When frames are sent because something moved, and when they are sent whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.motion.gate import MotionGate
from shared.cameras import Motion
from shared.messages import MAX_REGIONS
from shared.zones import Point, Zone
from tests.producer.motion.drawn import (
    FULL_HEIGHT,
    FULL_WIDTH,
    WIDTH,
    Playing,
    Room,
    a_room,
    keyframes,
    sent_for_motion,
    shows,
    with_person,
)

NEVER_S = 3600.0  # no keyframe comes to help


def a_gate(
    sensitivity: Motion = "medium", keyframe_interval_s: float = NEVER_S, zones: tuple[Zone, ...] = ()
) -> MotionGate:
    return MotionGate(sensitivity, keyframe_interval_s, zones)


def a_zone(x0: float, y0: float, x1: float, y1: float, kind: str = "include") -> Zone:
    corners = (Point(x0, y0), Point(x1, y0), Point(x1, y1), Point(x0, y1))
    return Zone.model_validate({"kind": kind, "corners": corners})


def test_the_first_frame_and_one_of_another_size_are_scanned_whole() -> None:
    gate, grey = a_gate(), np.full((180, 320), 90, np.uint8)
    looks = [gate.look(grey, *size, now=number / 5) for number, size in enumerate([(1280, 720)] * 2 + [(640, 360)] * 2)]
    assert [look.is_wanted for look in looks] == [True, False, True, False]
    assert all(look.regions is None for look in looks)


def test_without_a_gate_every_frame_is_sent_whole() -> None:
    looks = Playing(a_gate("off")).show_all(lambda _: a_room(), seconds=2)
    assert keyframes(looks) == len(looks)


def test_a_still_scene_is_sent_whole_every_one_and_a_half_seconds_and_never_later() -> None:
    looks = Playing(a_gate(keyframe_interval_s=1.5)).show_all(lambda _: a_room(), seconds=14)
    assert [number for number, look in enumerate(looks) if look.is_wanted] == list(range(0, 70, 7))
    assert sent_for_motion(looks) == 0


@pytest.mark.parametrize("sensitivity", ["low", "medium", "high"])
@pytest.mark.parametrize("sigma", [0.0, 0.7, 1.5])
def test_noise_alone_sends_nothing(sensitivity: Motion, sigma: float) -> None:
    looks = Playing(a_gate(sensitivity), sigma).show_all(lambda _: a_room(), seconds=12)
    assert sum(look.is_wanted for look in looks) == 1


@pytest.mark.parametrize("sigma", [2.5, 5.0])
def test_even_the_noise_of_a_camera_in_the_dark_sends_nothing_by_default(sigma: float) -> None:
    looks = Playing(a_gate(), sigma).show_all(lambda _: a_room(), seconds=12)
    assert sum(look.is_wanted for look in looks) == 1


@pytest.mark.parametrize("face", [6, 10])
@pytest.mark.parametrize("speed", [4.0, 15.0, 60.0])
def test_who_walks_in_is_sent_at_once_and_their_face_lies_in_a_region(face: float, speed: float) -> None:
    playing = Playing(a_gate())
    playing.calm(a_room())
    seconds = min(4.0, 200 / speed)
    looks = playing.show_all(lambda at: with_person(a_room(), x=50 + speed * at, face=face), seconds)
    assert shows(looks[0], 50)
    assert keyframes(looks) == 0
    for number, look in enumerate(looks):
        assert not look.is_wanted or shows(look, 50 + speed * number / 5)


def test_a_more_sensitive_gate_sends_fainter_motion() -> None:
    answers = []
    for sensitivity in ("low", "medium", "high"):
        playing = Playing(a_gate(sensitivity), sigma=1.0)
        playing.calm(a_room())
        looks = [playing.show(with_person(a_room(), x=200, face=6, contrast=contrast)) for contrast in (4, 7, 14)]
        answers.append([look.is_wanted for look in looks].index(True))
    assert answers == sorted(answers, reverse=True)
    assert len(set(answers)) == 3


def test_slow_movement_adds_up_until_it_is_sent() -> None:
    playing = Playing(a_gate())
    playing.calm(with_person(a_room(), x=200))
    looks = playing.show_all(lambda at: with_person(a_room(), x=200 + at / 2), seconds=20)
    assert not looks[1].is_wanted
    assert sent_for_motion(looks) >= 3


def test_it_adds_up_even_while_somebody_else_keeps_moving() -> None:
    playing = Playing(a_gate())

    def both(at: float) -> Room:
        return with_person(with_person(a_room(), x=250 + at / 2), x=40 + 5 * at)

    playing.calm(both(0))
    looks = playing.show_all(both, seconds=12)
    assert sum(look.regions is not None and shows(look, 252) for look in looks) >= 2


def test_who_stops_is_scanned_for_another_second_with_the_next_frames_but_sends_none() -> None:
    playing = Playing(a_gate())
    playing.calm(a_room())
    playing.show_all(lambda at: with_person(a_room(), x=60 + 20 * at), seconds=2)
    alone = playing.show_all(lambda _: with_person(a_room(), x=96), seconds=0.4)
    assert sent_for_motion(alone[1:]) == 0
    looks = playing.show_all(lambda at: with_person(with_person(a_room(), x=96), x=200 + 20 * at), seconds=2)
    assert shows(looks[1], 96)
    assert not shows(looks[-1], 96)
    assert shows(looks[-1], 236)


def test_what_moves_nearly_everywhere_is_scanned_whole() -> None:
    playing = Playing(a_gate())
    playing.calm(a_room())
    look = playing.show(with_person(with_person(a_room(), x=80, y=40, face=70), x=230, y=40, face=70))
    assert look.is_wanted
    assert look.regions is None


def test_a_place_that_many_people_cross_stays_as_sensitive_as_it_was() -> None:
    playing = Playing(a_gate())
    playing.calm(a_room())

    def crossing(at: float) -> Room:
        return with_person(a_room(), x=-20 + 120 * (at % 3), contrast=60)

    playing.show_all(crossing, seconds=40)
    looks = playing.show_all(crossing, seconds=6)
    for number, look in enumerate(looks):
        x = -20 + 120 * (number / 5 % 3)
        assert shows(look, x) or not 0 <= x <= WIDTH


def test_motion_far_from_what_counts_sends_nothing_but_keyframes_still_come() -> None:
    left = a_zone(0, 0, 0.4, 1)
    for zones in ((left,), (a_zone(0.4, 0, 1, 1, "exclude"),)):
        playing = Playing(a_gate(keyframe_interval_s=2, zones=zones))
        playing.calm(a_room())
        looks = playing.show_all(lambda at: with_person(a_room(), x=220 + 10 * at), seconds=6)
        assert sent_for_motion(looks) == 0
        assert keyframes(looks) == 3
        looks = playing.show_all(lambda at: with_person(a_room(), x=40 + 10 * at), seconds=2)
        assert sent_for_motion(looks) >= len(looks) - 2


def test_motion_just_beside_a_zone_is_sent_since_the_face_may_be_in_it() -> None:
    playing = Playing(a_gate(zones=(a_zone(0, 0, 0.4, 1),)))
    playing.calm(a_room())
    assert shows(playing.show(with_person(a_room(), x=0.4 * WIDTH + 15)), 0.4 * WIDTH + 8)


def test_where_nothing_counts_only_keyframes_are_sent() -> None:
    playing = Playing(a_gate(keyframe_interval_s=2, zones=(a_zone(0, 0, 1, 1, "exclude"),)))
    looks = playing.show_all(lambda at: with_person(a_room(), x=20 + 50 * at), seconds=4)
    assert sum(look.is_wanted for look in looks) == keyframes(looks) == 2


def test_after_a_pause_a_frame_is_sent_whole() -> None:
    playing = Playing(a_gate(keyframe_interval_s=1.5))
    playing.calm(a_room())
    playing.now += 60
    assert keyframes([playing.show(a_room())]) == 1


scenes = st.lists(st.integers(0, 255), min_size=1, max_size=12)
sides = st.integers(1, 70)


@settings(deadline=None, max_examples=60)
@given(st.data(), sides, sides, st.sampled_from(["low", "medium", "high"]), st.integers(1, 9000), st.integers(1, 9000))
def test_regions_are_rectangles_within_the_picture_and_no_more_than_a_header_takes(
    data: st.DataObject, rows: int, columns: int, sensitivity: Motion, width: int, height: int
) -> None:
    gate = a_gate(sensitivity)
    for number, seed in enumerate(data.draw(scenes)):
        speckles = np.random.default_rng(seed).random((rows, columns)) < seed / 2000
        look = gate.look(np.where(speckles, 255, seed // 9).astype(np.uint8), width, height, number / 5)
        for x0, y0, x1, y1 in look.regions or ():
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
        assert look.regions is None or (look.is_wanted and 1 <= len(look.regions) <= MAX_REGIONS)


@settings(deadline=None, max_examples=20)
@given(st.floats(0.04, 2.0), st.floats(0.2, 10.0), st.integers(0, 1000))
def test_no_more_than_the_keyframe_interval_passes_between_two_frames_that_are_sent(
    step_s: float, interval_s: float, seed: int
) -> None:
    gate, random = a_gate(keyframe_interval_s=interval_s), np.random.default_rng(seed)
    times = [number * step_s for number in range(40)]
    sent = [
        now
        for now in times
        if gate.look(random.integers(0, 3 + seed % 60, (20, 36), np.uint8), FULL_WIDTH, FULL_HEIGHT, now).is_wanted
    ]
    gaps = np.diff([*sent, times[-1]])
    assert gaps.max() <= max(interval_s, step_s) + 0.002


def test_many_small_motions_make_a_few_regions_that_hold_them_all() -> None:
    gate, empty = a_gate(), np.full((180, 320), 100, np.uint8)
    gate.look(empty, FULL_WIDTH, FULL_HEIGHT, 0)
    dotted = empty.copy()
    for y in range(8, 100, 20):
        for x in range(8, 320, 20):
            dotted[y : y + 8, x : x + 8] = 220
    look = gate.look(dotted, FULL_WIDTH, FULL_HEIGHT, 0.2)
    assert look.is_wanted
    assert all(shows(look, x + 4, y + 4) for y in range(8, 100, 20) for x in range(8, 320, 20))
