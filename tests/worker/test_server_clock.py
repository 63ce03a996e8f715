import time

import pytest

from shared.connections import Servers
from worker.server_clock import ServerClock


class _Hand:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def _times_asked(servers: Servers) -> int:
    return int(servers.frames.info("commandstats").get("cmdstat_time", {"calls": 0})["calls"])


def test_an_entrys_age_is_told_by_the_server_that_dated_it(servers: Servers) -> None:
    clock = ServerClock(servers.frames, time.monotonic)
    seconds, _ = servers.frames.time()
    assert clock.age_s(f"{(seconds - 60) * 1000}-3") == pytest.approx(60, abs=20)


def test_this_machines_monotonic_clock_carries_the_servers_time_on(servers: Servers) -> None:
    hand = _Hand()
    clock = ServerClock(servers.frames, hand)
    before, asked = clock.now_s(), _times_asked(servers)
    hand.seconds += 7.5
    assert clock.now_s() == before + 7.5
    assert _times_asked(servers) == asked


def test_the_server_is_asked_again_after_a_while(servers: Servers) -> None:
    hand = _Hand()
    clock = ServerClock(servers.frames, hand)
    before, asked = clock.now_s(), _times_asked(servers)
    hand.seconds += 1_000
    assert clock.now_s() - before < 500
    assert _times_asked(servers) == asked + 1
