import pytest
from prometheus_client import CollectorRegistry

from producer.load.load_board import LoadBoard
from producer.load.load_watch import LoadWatch
from producer.load.relief import LoadLevel, Relief
from producer.load.waiting import WaitingFrames
from producer.metrics import ProducerMetrics
from shared.connections import Servers
from shared.streams import KeySpace

KEYS = KeySpace()


def _watch(servers: Servers, board: LoadBoard, late_after_s: float = 0.25) -> tuple[LoadWatch, CollectorRegistry]:
    registry = CollectorRegistry()
    waiting = WaitingFrames(servers.frames, KEYS)
    return LoadWatch(waiting, lambda: ["gate"], board, ProducerMetrics(registry), late_after_s), registry


def _looks(watch: LoadWatch, board: LoadBoard, delay_s: float, looks: int, begin: float = 0.0) -> float:
    for n in range(looks):
        board.note_delay(delay_s)
        watch.step(begin + n / 4)
    return begin + looks / 4


def test_delays_are_told_on_average_and_once() -> None:
    board = LoadBoard()
    for seconds in (0.1, 0.2, 0.6):
        board.note_delay(seconds)
    assert board.take_delay() == pytest.approx(0.3)
    assert board.take_delay() == 0


def test_a_producer_that_is_itself_too_slow_gives_way_and_says_so(
    servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    board = LoadBoard()
    watch, registry = _watch(servers, board)
    now = _looks(watch, board, delay_s=0.4, looks=20)
    assert board.relief.level is LoadLevel.RATES
    assert registry.get_sample_value("maskwatch_load_level") == 2
    assert registry.get_sample_value("maskwatch_load_rate_factor_ratio") == board.relief.rate < 1
    assert registry.get_sample_value("maskwatch_load_lateness_seconds") == pytest.approx(0.4)
    _looks(watch, board, delay_s=0.01, looks=400, begin=now)
    assert board.relief == Relief()
    assert [each.levelname for each in caplog.records] == ["WARNING"]  # and an information that it is over


def test_nothing_gives_way_where_that_is_switched_off(servers: Servers) -> None:
    board = LoadBoard()
    watch, registry = _watch(servers, board, late_after_s=0)
    _looks(watch, board, delay_s=3.0, looks=20)
    assert board.relief.level is LoadLevel.NORMAL
    assert registry.get_sample_value("maskwatch_load_lateness_seconds") == pytest.approx(3.0)
