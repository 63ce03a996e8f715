"""Counts of any stretch of time, and what could not be seen in it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from console.counting import quarter_sums, quarters
from console.counting.counts import Counts, summed
from console.counting.figures import not_seen, percent
from console.counting.last_day import LastDay
from console.counting.quarters import Step, Stretch, split, stretch
from console.counting.sight import Blindness, sight
from shared.connections import Servers
from shared.messages import BlindReason
from shared.streams import quarter_of
from tests.console.builders import KEYS

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def count(servers: Servers, at: datetime, camera: str = "gate", **counts: int) -> None:
    servers.state.hset(KEYS.history(camera, quarter_of(at)), mapping=counts)  # type: ignore[arg-type]


def the_day(day: LastDay, servers: Servers, now: datetime) -> int:
    (counts,) = day.read(servers.state, KEYS, ["gate"], now)
    return counts.of("violations")


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, 1), (1, 1), (15, 1), (16, 2), (60, 4)],
    ids=["no time", "a minute", "a quarter", "a quarter and more", "an hour"],
)
def test_a_quarter_of_which_a_moment_is_asked_for_counts_as_a_whole(minutes: int, expected: int) -> None:
    assert len(stretch(NOON, NOON + timedelta(minutes=minutes)).quarters) == expected


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_hours_and_days_begin_as_the_zone_s_clock_says(zone: str) -> None:
    there = ZoneInfo(zone)
    whole = stretch(NOON, NOON + timedelta(days=3), there)
    hours, days = split(whole, Step.HOUR), split(whole, Step.DAY)
    assert {hour.begin.minute for hour in hours[1:]} == {0}
    assert {(day.begin.hour, day.begin.minute) for day in days[1:]} == {(0, 0)}
    assert sum(len(hour.quarters) for hour in hours) == len(whole.quarters) == sum(len(day.quarters) for day in days)


def test_a_day_on_which_clocks_go_back_has_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 10, 25, tzinfo=berlin)
    whole = stretch(midnight, datetime(2026, 10, 26, tzinfo=berlin), berlin)
    assert len(split(whole, Step.DAY)) == 1
    assert len(split(whole, Step.HOUR)) == 25


def test_quarters_are_read_whatever_stands_there(servers: Servers) -> None:
    servers.state.hset(KEYS.history("gate", 7), mapping={"violations": "2", "people:with_mask": "many", b"\xff": "1"})
    servers.state.set(KEYS.history("gate", 9), "no hash")
    found = quarters.read(servers.state, KEYS, [("gate", 7), ("gate", 8), ("gate", 9)])
    assert found["gate", 7].of("violations") == 2
    assert found["gate", 7].total("people") == 0
    assert found["gate", 8] == found["gate", 9] == Counts({})


def test_the_server_adds_up_quarters_whatever_stands_there(servers: Servers) -> None:
    for quarter, counts in {
        7: {"violations": "2", "people:with_mask": "many", "dropped:lost": "-1", "none": ""},
        8: {"violations": "3", "watched_ms": "4503599627370496"},
        10: {"violations": "1000"},
    }.items():
        servers.state.hset(KEYS.history("gate", quarter), mapping=counts)  # type: ignore[arg-type]
    servers.state.set(KEYS.history("gate", 9), "no hash")
    servers.state.hset(KEYS.history("door", 8), mapping={"violations": "7"})
    found = quarter_sums.read(servers.state, KEYS, ["gate", "nobody", "door"], range(7, 10))
    expected = [quarters.read(servers.state, KEYS, [(each, n) for n in range(7, 10)]) for each in ("gate", "door")]
    assert found == [summed(expected[0].values()), Counts({}), summed(expected[1].values())]
    assert found[0].values == {"violations": 5, "dropped:lost": -1, "watched_ms": 4503599627370496}


def test_the_last_day_is_the_current_quarter_and_the_95_before(servers: Servers) -> None:
    for hours, violations in ((24, 1_000), (23, 100), (1, 10), (0, 1)):
        count(servers, NOON - timedelta(hours=hours), violations=violations)
    count(servers, NOON, camera="other", violations=5)
    assert the_day(LastDay(), servers, NOON) == 111


def test_the_last_day_moves_on_and_sees_late_counts_within_a_minute(servers: Servers) -> None:
    day = LastDay()
    count(servers, NOON - timedelta(hours=23, minutes=45), violations=100)
    assert the_day(day, servers, NOON) == 100
    count(servers, NOON, violations=1)
    assert the_day(day, servers, NOON + timedelta(seconds=1)) == 101
    count(servers, NOON - timedelta(hours=5), violations=10)  # a quarter that is over and known
    assert the_day(day, servers, NOON + timedelta(seconds=2)) == 101
    assert the_day(day, servers, NOON + timedelta(seconds=61)) == 111
    assert the_day(day, servers, NOON + timedelta(minutes=15)) == 11
    assert the_day(day, servers, NOON) == 111  # the clock was set back


def test_coverage_is_watched_time_of_what_was_watched_or_not_seen() -> None:
    seen = sight(Counts({"watched_ms": 6_000, "blind_ms:no_picture": 1_000, "blind_ms:not_judged": 3_000}))
    assert seen.coverage == 0.6
    assert not_seen(seen) == "not seen: no picture for 1 s, not judged for 3 s"


def test_nothing_seen_is_not_the_same_as_nothing_happened() -> None:
    assert sight(Counts({})).coverage is None
    assert not_seen(sight(Counts({}))) == "nothing was seen"
    assert not_seen(sight(Counts({"watched_ms": 1}))) == ""


def test_blindness_that_goes_on_counts() -> None:
    seen = sight(Counts({"watched_ms": 60_000}), Blindness(BlindReason.NO_PICTURE, 60.0))
    assert seen.coverage == 0.5
    assert "right now no picture" in not_seen(seen)


def test_blind_time_that_began_before_the_stretch_does_not_outweigh_it() -> None:
    assert sight(Counts({"watched_ms": 900_000, "blind_ms:no_picture": 90_000_000}), span_s=3_600).coverage == 0.25


@pytest.mark.parametrize(
    ("share", "shown"),
    [(None, "-"), (1.0, "100%"), (0.9996, "100.0%"), (0.996, "99.6%"), (0.004, "0.4%"), (0.5, "50%")],
)
def test_hardly_all_is_not_shown_as_all(share: float | None, shown: str) -> None:
    assert percent(share) == shown


def test_a_stretch_has_an_end() -> None:
    assert Stretch(range(0, 4), UTC).end == datetime(1970, 1, 1, 1, tzinfo=UTC)
