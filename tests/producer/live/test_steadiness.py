import itertools

import pytest

from producer.live.steadiness import Steadiness
from shared.cameras import PictureFault


def _notes(steadiness: Steadiness, begin_s: float, seconds: float, fps: float) -> list[PictureFault]:
    count = int(seconds * fps)
    return list(itertools.chain(*(steadiness.note(None, begin_s + n / fps) for n in range(count))))


def test_even_timestamps_are_no_jump() -> None:
    steadiness = Steadiness()
    assert not any(steadiness.note(1000 + n / 10, 5 + n / 10) for n in range(30))


@pytest.mark.parametrize("jump_s", [-0.5, -3600, 5, 86_400])
def test_timestamps_that_jump_are_noted_once(jump_s: float) -> None:
    steadiness = Steadiness()
    faults = [steadiness.note(1000 + n / 10 + (jump_s if n >= 20 else 0), n / 10) for n in range(30)]
    assert [n for n, found in enumerate(faults) if found] == [20]
    assert faults[20] == [PictureFault.TIMESTAMP_JUMP]


def test_a_pause_in_which_time_went_on_is_no_jump() -> None:
    steadiness = Steadiness()
    assert not steadiness.note(0.0, 0.0) + steadiness.note(60.0, 60.0)


def test_timestamps_that_come_and_go_are_no_jump() -> None:
    steadiness = Steadiness()
    assert not steadiness.note(5.0, 0.0) + steadiness.note(None, 0.1) + steadiness.note(1.0, 0.2)


@pytest.mark.parametrize("then_fps", [10, 60])
def test_another_rate_is_noted_once(then_fps: float) -> None:
    steadiness = Steadiness()
    assert not _notes(steadiness, 0, 20, fps=25)
    assert _notes(steadiness, 20, 40, fps=then_fps) == [PictureFault.RATE_JUMP]


def test_a_hiccup_is_no_other_rate() -> None:
    steadiness = Steadiness()
    assert not _notes(steadiness, 0, 20, fps=25)
    assert not _notes(steadiness, 20, 3, fps=5)
    assert not _notes(steadiness, 23, 40, fps=25)


def test_a_rate_that_drifts_by_a_third_is_the_same() -> None:
    steadiness = Steadiness()
    assert not _notes(steadiness, 0, 20, fps=25) + _notes(steadiness, 20, 20, fps=18)
