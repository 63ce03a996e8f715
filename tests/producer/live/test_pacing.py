import pytest

from producer.live.pacing import Backoff, Pacer


def _picked(fps: float, times: list[float]) -> list[float]:
    pacer = Pacer(fps)
    return [now for now in times if pacer.is_due(now)]


def test_a_camera_of_25_pictures_a_second_is_thinned_out_to_five() -> None:
    picked = _picked(5, [number / 25 for number in range(250)])
    assert len(picked) == 50


def test_a_camera_slower_than_the_target_gives_all_it_has() -> None:
    assert len(_picked(10, [number / 4 for number in range(40)])) == 40


def test_a_camera_that_jitters_around_the_target_loses_none() -> None:
    times = [number / 5 + (0.01 if number % 2 else -0.01) for number in range(50)]
    assert len(_picked(5, times)) == 50


def test_after_a_pause_nothing_is_caught_up() -> None:
    resumed = [100 + number / 100 for number in range(100)]
    assert len(_picked(5, [0.0, *resumed])) == pytest.approx(6, abs=1)


def test_waiting_times_double_up_to_the_ceiling_and_begin_anew_after_success() -> None:
    backoff = Backoff(first_s=1, max_s=8)
    for ceiling in (1, 2, 4, 8, 8, 8):
        assert ceiling / 2 <= backoff.next_s() <= ceiling
    backoff.reset()
    assert backoff.next_s() <= 1


def test_a_thousand_failures_wait_no_longer_than_the_ceiling() -> None:
    backoff = Backoff(first_s=1, max_s=8)
    assert max(backoff.next_s() for _ in range(1000)) <= 8
