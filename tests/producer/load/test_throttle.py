from itertools import pairwise

import pytest

from producer.load.throttle import Throttle

INTERVAL_S = 0.2


def _admitted(throttle: Throttle, rate: float, frames: int) -> list[int]:
    return [n for n in range(frames) if throttle.admits(n * INTERVAL_S, rate, INTERVAL_S)]


def test_all_frames_go_while_nothing_gives_way() -> None:
    assert _admitted(Throttle(5.0), 1.0, 50) == list(range(50))


@pytest.mark.parametrize("rate", [0.8, 0.5, 0.3, 0.1])
def test_a_share_of_the_frames_goes_evenly(rate: float) -> None:
    admitted = _admitted(Throttle(60.0), rate, 1000)
    assert len(admitted) == pytest.approx(1000 * rate, abs=2)
    gaps = {after - before for before, after in pairwise(admitted[1:])}
    assert max(gaps) - min(gaps) <= 1


def test_a_frame_goes_as_often_as_was_promised() -> None:
    admitted = _admitted(Throttle(3.1), 0.001, 100)
    assert admitted[:4] == [0, 15, 30, 45]


def test_a_camera_of_few_frames_gives_all_of_them() -> None:
    throttle = Throttle(5.0)
    assert all(throttle.admits(n * 10.0, 0.05, 10.0) for n in range(20))
