"""The simulation itself: what must hold whatever a picture costs."""

from dataclasses import replace
from functools import partial

import pytest

from tests.benchmarks.scaling import search
from tests.benchmarks.scaling.clockwork import Clock, Cores, Thread, Wire
from tests.benchmarks.scaling.costs import BUSY, MIXED, UnitCosts
from tests.benchmarks.scaling.planning import network_table, part_for
from tests.benchmarks.scaling.site import Layout, Site
from tests.benchmarks.scaling.validation import comparison

COSTS = UnitCosts.load()


def test_cores_do_so_much_at_a_time() -> None:
    clock, ended = Clock(), []
    cores = Cores(clock, 2)
    for _ in range(4):
        cores.run(1.0, lambda: ended.append(clock.now))
    clock.run(10)
    assert ended == [1, 1, 2, 2]
    assert cores.busy_s == 4


def test_a_thread_does_one_thing_at_a_time_whatever_cores_there_are() -> None:
    clock, ended = Clock(), []
    thread = Thread(Cores(clock, 8))
    for _ in range(3):
        thread.run(1.0, lambda: ended.append(clock.now))
    clock.run(10)
    assert ended == [1, 2, 3]


@pytest.mark.parametrize(("gigabits", "at"), [(1, [1, 2]), (2, [0.5, 1]), (0, [0, 0])])
def test_a_wire_carries_one_thing_behind_the_other(gigabits: float, at: list[float]) -> None:
    clock, ended = Clock(), []
    wire = Wire(clock, gigabits)
    for _ in range(2):
        wire.carry(125e6, lambda: ended.append(clock.now))
    clock.run(10)
    assert ended == at


def test_a_camera_alone_waits_for_its_batch_to_close_and_no_longer() -> None:
    outcome = Site(COSTS, Layout(8), BUSY, cameras=1).run(4)
    assert outcome.judged_a_second == pytest.approx(5, rel=0.2)
    assert 0.05 < outcome.p50_s < 0.05 + COSTS.a_second_ms(BUSY) / 1000


def test_more_cameras_than_cores_can_bear_are_not_held() -> None:
    most = search.bound(COSTS, BUSY, 2)
    layout = search.layout_for(COSTS, BUSY, 2, most)
    assert search.is_held(search.run(COSTS, BUSY, layout, round(0.6 * most)), BUSY, round(0.6 * most))
    assert not search.is_held(search.run(COSTS, BUSY, layout, round(1.3 * most)), BUSY, round(1.3 * most))


def test_more_cores_hold_more_until_the_frames_server_is_full() -> None:
    dear = COSTS.model_copy(update={"server_publish_ms": 10.0})
    assert search.held(COSTS, BUSY, 4).cameras > 1.7 * search.held(COSTS, BUSY, 2).cameras
    few = search.held(dear, BUSY, 64)
    assert few.busiest == "frames server"
    assert few.cameras <= 1000 / (5 * 10)


def test_a_narrow_network_is_the_limit() -> None:
    assert search.bound(COSTS, BUSY, 1000, gigabits=0.1) == pytest.approx(0.1e9 / 8 / (5 * 1000 * COSTS.jpeg_kilobytes))
    assert search.bound(COSTS, MIXED, 1000, gigabits=0.1) > search.bound(COSTS, BUSY, 1000, gigabits=0.1)


def test_workers_that_always_find_frames_fill_the_cores_and_no_more() -> None:
    rate = partial(_saturated, COSTS)
    one, two, four = rate(1), rate(2), rate(4)
    assert two == pytest.approx(2 * one, rel=0.1)
    assert four == pytest.approx(two, rel=0.1)


def test_a_plan_holds_its_cameras() -> None:
    part = part_for(COSTS, BUSY, 40)
    assert part.parts == 1
    assert part.cameras == 40
    assert search.is_held(part.outcome, BUSY, 40)
    assert part.megabytes_a_second == pytest.approx(40 * 5 * COSTS.jpeg_kilobytes / 1000)


def test_tables_name_what_they_compare() -> None:
    alone = {"workers": 1, "threads": 1, "worker_cpu_ms": 10.0, "server_cpu_ms": 0.3, "feeder_cpu_ms": 0.3}
    speeds = [alone | {"frames_a_second": 90.0, "batch_p50_ms": 80.0}]
    assert "| 1 | 1 | 90.0 |" in comparison(COSTS, speeds)
    assert "| 10 |" in network_table(COSTS, (BUSY, replace(MIXED, name="few")))


def _saturated(costs: UnitCosts, workers: int) -> float:
    return Site(costs, Layout(2, workers=workers), BUSY, 8).run_saturated(5, 128).judged_a_second
