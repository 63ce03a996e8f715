import pytest

from console.headroom.room import CEILING, Machine, cores_needed, cores_per_camera, more_cameras, workers_needed


def test_what_is_free_up_to_the_ceiling_is_shared_out_at_the_price_of_the_present_cameras() -> None:
    machine = Machine(4, {"producer": 0.2, "worker": 0.6, "events": 0.2}, others=0.4)
    assert cores_per_camera([machine], 10) == pytest.approx(0.1)
    assert more_cameras([machine], 10) == int((4 * CEILING - 1.4) / 0.1)
    assert cores_needed([machine], 20, 0.1) == pytest.approx(2.4 / CEILING)


def test_where_the_ceiling_is_reached_none_fits() -> None:
    assert more_cameras([Machine(2, {"worker": 1.0}, others=0.7)], 5) == 0
    assert more_cameras([Machine(2, {"worker": 1.0}, others=3.0)], 5) == 0


def test_each_machine_takes_the_work_of_the_roles_that_run_there() -> None:
    cameras = Machine(2, {"producer": 0.5, "events": 0.1})
    judging = Machine(16, {"worker": 1.0})
    # The small machine is full first, however much the large one has left.
    assert more_cameras([cameras, judging], 10) == int((2 * CEILING - 0.6) / 0.06)
    # A producer that starts on the large one takes new cameras there; judging 0.1 of a core each is then the limit.
    shared = Machine(16, {"worker": 1.0, "producer": 0.0, "events": 0.0})
    assert more_cameras([cameras, shared], 10) == int((18 * CEILING - 1.6) / 0.16)


def test_a_role_that_uses_nothing_limits_nothing() -> None:
    assert more_cameras([Machine(2, {"worker": 0.3, "events": 0.0})], 1) == int((2 * CEILING - 0.3) / 0.3)


@pytest.mark.parametrize(
    ("frames_per_second", "seconds", "cores", "workers"),
    [(0.0, 0.01, 2, 1), (100, 0.017, 2, 1), (100.1, 0.017, 2, 2), (100, 0.017, 1, 2), (1000, 0.01, 3, 4)],
)
def test_workers_are_enough_for_the_frames_below_the_ceiling(
    frames_per_second: float, seconds: float, cores: float, workers: int
) -> None:
    assert workers_needed(frames_per_second, seconds, cores) == workers
