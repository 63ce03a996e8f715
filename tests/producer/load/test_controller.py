from itertools import pairwise
from statistics import mean

import pytest

from producer.load.controller import LoadController
from producer.load.relief import LoadLevel
from tests.producer.load.plant import BATCH, SAVED_BY_HALVING, Plant

DEMAND = 120.0  # frames a second of the plant's cameras


def test_nothing_gives_way_while_there_is_time() -> None:
    plant = Plant(lambda _: 1.5 * DEMAND).run(60)
    assert {relief.level for _, relief in plant.reliefs} == {LoadLevel.NORMAL}
    assert sum(len(each) for each in plant.judged_at) == pytest.approx(60 * DEMAND, rel=0.02)


@pytest.mark.parametrize("share", [0.9, 0.75, 0.5, 0.3, 0.15])
def test_frames_are_judged_in_time_however_few_of_them_can_be(share: float) -> None:
    plant = Plant(lambda _: share * DEMAND).run(120)
    batch_s = BATCH / (share * DEMAND * (1 if share >= 0.5 else SAVED_BY_HALVING))
    assert plant.latency(0.95, since_s=10) < plant.late_after_s + 2 * batch_s  # its own, and the one that it waits for
    assert len(plant.latencies) > 0.9 * 120 * share * DEMAND  # and workers are not left idle for that


def test_a_burst_is_not_taken_for_workers_that_can_no_more() -> None:
    # Many frames at once, every three seconds, on workers that are idle in between.
    controller, rates = LoadController(0.35), []
    for look in range(480):
        rates.append(controller.update((0.25, 0.4)[look % 12] if look % 12 < 2 else 0.0, look / 4).rate)
    assert mean(rates) > 0.9


def test_keyframes_give_way_before_anything_is_late() -> None:
    controller, now = LoadController(0.35), 0.0
    while now < 30:
        controller.update(0.25, now)
        now += 0.25
    assert controller.relief.level is LoadLevel.KEYFRAMES


@pytest.mark.parametrize("share", [0.75, 0.3])
def test_all_cameras_fare_alike(share: float) -> None:
    plant = Plant(lambda _: share * DEMAND).run(120)
    judged = [len(each) for each in plant.judged_at]
    assert max(judged) - min(judged) < 0.05 * mean(judged)


def test_what_gives_way_keeps_the_order() -> None:
    plant = Plant(lambda now: (2.0 if now < 5 else 0.3) * DEMAND).run(60)
    levels = [relief.level for _, relief in plant.reliefs]
    assert levels.index(LoadLevel.KEYFRAMES) < levels.index(LoadLevel.RATES) < levels.index(LoadLevel.RESOLUTION)
    assert all(relief.keyframes == 1 for _, relief in plant.reliefs if relief.rate < 1 or relief.halvings)


def test_half_of_the_frames_are_no_reason_to_give_up_resolution() -> None:
    plant = Plant(lambda _: 0.65 * DEMAND).run(120)
    assert {relief.halvings for _, relief in plant.reliefs} == {0}


@pytest.mark.parametrize("share", [0.6, 0.5, 0.4])
def test_resolution_does_not_come_and_go_all_the_time(share: float) -> None:
    plant = Plant(lambda _: share * DEMAND).run(300)
    halvings = [relief.halvings for _, relief in plant.reliefs]
    assert sum(before != after for before, after in pairwise(halvings)) <= 10


def test_all_comes_back_by_itself() -> None:
    plant = Plant(lambda now: (0.3 if 10 < now < 60 else 2.0) * DEMAND).run(150)
    assert max(relief.level for _, relief in plant.reliefs) is LoadLevel.RESOLUTION
    assert plant.reliefs[-1][1].level is LoadLevel.NORMAL
    assert min(plant.rates(130)) == 1


def test_a_worker_that_was_away_for_a_moment_costs_moments() -> None:
    plant = Plant(lambda now: 2.0 if 20 < now < 20.1 else 2.0 * DEMAND).run(60)  # one batch takes it four seconds
    assert plant.latency(0.95, since_s=26) < 0.3
    assert min(plant.rates(40)) == 1


def test_each_camera_is_judged_as_often_as_was_promised() -> None:
    # As long as that much can be done at all: here 12 frames a second of 24 cameras, a frame each every 4 s.
    plant = Plant(lambda _: 0.1 * DEMAND, fresh_within_s=4.0).run(120)
    for judged in plant.judged_at:
        later = [at for at in judged if at > 20]
        assert max(after - before for before, after in pairwise(later)) < 4.0 + 0.5


def test_two_producers_on_the_same_workers_share_them() -> None:
    # Both see the same frames wait; one of them starts with all of the rate, the other with a fifth of it.
    first, second = LoadController(0.25), LoadController(0.25)
    now, waiting = 0.0, 0.0
    for _ in range(8):
        second.update(2.0, now)
        now += 0.25
    for _ in range(400):
        now += 0.25
        sent = (first.relief.rate + second.relief.rate) / 2
        waiting = max(0.0, waiting + 0.25 * (sent - 0.6) / 0.6)
        first.update(waiting, now)
        second.update(waiting, now)
    assert first.relief.rate == pytest.approx(second.relief.rate, abs=0.25)
