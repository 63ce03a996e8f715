"""The capacity benchmark: its pure parts, and a small real run."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.cameras import CameraState
from tests.benchmarks.camera_feeds import Feed
from tests.benchmarks.capacity import accounting, options, processes, scenes
from tests.benchmarks.capacity.__main__ import main
from tests.benchmarks.capacity.accounting import Account, Flow
from tests.benchmarks.capacity.complaints import complaints
from tests.benchmarks.capacity.figures import Load, Step
from tests.benchmarks.capacity.histogram import percentiles_between
from tests.benchmarks.capacity.latencies import Judged, Percentiles, percentiles, since_sent
from tests.benchmarks.capacity.machine import this_machine
from tests.benchmarks.capacity.memory import Memory
from tests.benchmarks.capacity.options import BadOption, Options
from tests.benchmarks.capacity.report import Result, by_role, sentence
from tests.benchmarks.capacity.search import Search
from tests.benchmarks.capacity.verdict import ran_out, verdict

AT = datetime(2026, 1, 1, tzinfo=UTC)
FLOW = Flow(captured=120, processed=90, unchanged=30, dropped={}, dead=0, in_flight=6, inexact=())
LOAD = Load(cores=2, used={"worker-1": 0.9, "producer": 0.5, "cameras": 0.1}, idle=0.5, others=0, rss_mib={"up": 60})
STEP = Step(
    cameras=24,
    seconds=20,
    live_after_s=3,
    states={"live": 24},
    sent=120,
    flow=FLOW,
    latency=Percentiles(900, 80, 200, 300, 400),
    judged_latency=None,
    load=LOAD,
    memory=Memory(40, 5, 80, 2, 300),
)
ACCOUNT = Account(
    camera="gate",
    state=CameraState.LIVE,
    captured=105,
    last_at=AT,
    epoch=1,
    known_to=100,
    known_epoch=1,
    first_epoch=1,
    processed=60,
    dropped={"unchanged": 38, "stale": 1},
    dead=1,
)


def _measured(capacity: int, start: int, step: int, most: int) -> tuple[list[int], Search]:
    search, measured = Search(start, step, most), []
    while search.following is not None:
        measured.append(search.following)
        search.note(measured[-1], is_held=measured[-1] <= capacity)
    return measured, search


@pytest.mark.parametrize("capacity", range(42))
def test_what_is_held_is_found_to_within_two_cameras(capacity: int) -> None:
    measured, search = _measured(capacity, 8, 8, 96)
    assert search.failed is not None
    assert search.held <= capacity < search.failed <= search.held + 2
    assert len(measured) == len(set(measured)) <= 10


def test_the_search_ends_at_the_most() -> None:
    assert _measured(100, 8, 8, 20)[0] == [8, 16, 20]


def test_one_number_alone_may_be_asked_about() -> None:
    assert _measured(10, 24, 8, 24)[0] == [24]


def test_a_step_without_losses_and_in_time_is_held() -> None:
    assert verdict(STEP, 500).is_held


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (replace(STEP, flow=replace(FLOW, dropped={"stale": 0.5})), "stale 0.5/s"),
        (replace(STEP, flow=replace(FLOW, dropped={"throttled": 3.0})), "throttled 3.0/s"),
        (replace(STEP, flow=replace(FLOW, dead=0.1)), "dead-lettered 0.1/s"),
        (replace(STEP, flow=replace(FLOW, captured=110)), "10.0/s never taken"),
        (replace(STEP, flow=replace(FLOW, inexact=("gate",))), "cameras that do not add up: 1"),
        (replace(STEP, flow=replace(FLOW, begun_anew=("gate",))), "cameras that began anew: 1"),
        (replace(STEP, states={"live": 23, "connecting": 1}), "cameras not live: 1"),
        (replace(STEP, latency=Percentiles(900, 80, 501, 600, 700)), "p95 501 ms"),
        (replace(STEP, latency=None), "nothing was judged"),
    ],
)
def test_a_step_is_not_held_for_a_reason(step: Step, reason: str) -> None:
    assert verdict(step, 500).reasons == (reason,)


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (replace(LOAD, idle=0.05), "processor time: worker-1 0.90 of 2 cores, the simulated cameras 0.10"),
        (replace(LOAD, idle=0.05, others=0.4), "; other programs used 0.40"),
        (replace(LOAD, used={"producer": 0.97}), "one core: producer used 0.97 while 0.50 were idle"),
        (LOAD, "not the processor: 0.50 of 2 cores idle, worker-1 used 0.90"),
    ],
)
def test_what_ran_out_is_named(load: Load, words: str) -> None:
    assert words in ran_out(load)


def test_pictures_that_are_counted_once_add_up() -> None:
    assert ACCOUNT.is_exact
    assert (ACCOUNT.ended, ACCOUNT.in_flight) == (100, 5)
    assert replace(ACCOUNT, captured=99).in_flight == 0  # the producer has not told of the newest yet
    assert not replace(ACCOUNT, processed=61).is_exact
    assert not ACCOUNT.has_begun_anew


def test_a_camera_that_began_anew_is_told_apart() -> None:
    account = replace(ACCOUNT, epoch=2, captured=7)
    assert account.has_begun_anew
    assert account.in_flight == 7
    assert replace(account, known_epoch=2, known_to=6).in_flight == 1


def test_rates_are_those_of_a_window_without_what_was_before() -> None:
    later = replace(
        ACCOUNT,
        captured=155,
        last_at=AT + timedelta(seconds=10),
        known_to=150,
        processed=100,
        dropped={"unchanged": 49},
    )
    found = accounting.flow([replace(ACCOUNT, dropped={"unchanged": 39})], [later], 20)
    assert (found.captured, found.processed, found.unchanged, found.dropped) == (5, 2, 0.5, {})
    assert found.inexact == ()
    assert accounting.flow([replace(ACCOUNT, dropped={})], [ACCOUNT], 2).dropped == {"stale": 0.5}


def test_latency_counts_from_the_sending_of_that_very_picture() -> None:
    sent = [10.0, 10.2, 10.4, 10.6]
    judged = [Judged(captured_at=10.41, result_at=10.5), Judged(captured_at=10.6, result_at=10.9)]
    assert since_sent(judged, sent, pictures_late=0) == pytest.approx([0.1, 0.3])
    assert since_sent(judged, sent, pictures_late=1) == pytest.approx([0.3, 0.5])
    assert since_sent([Judged(9.0, 9.5)], sent, pictures_late=0) == []


def test_percentiles_are_milliseconds() -> None:
    found = percentiles([each / 1000 for each in range(101)])
    assert found == Percentiles(101, 50.0, 95.0, 99.0, 100.0)
    assert percentiles([]) is None


def test_a_histogram_tells_of_the_time_between_two_looks() -> None:
    before, after = {0.1: 5.0, 0.2: 9.0, float("inf"): 9.0}, {0.1: 15.0, 0.2: 29.0, float("inf"): 29.0}
    found = percentiles_between(before, after)
    assert found == Percentiles(20, 100.0, 190.0, 198.0, 200.0)
    assert percentiles_between(after, after) is None
    assert percentiles_between({}, {}) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--start", "9", "--most", "8"],
        ["--wire", "coax"],
        ["--seconds", "nan"],
        ["--clip", "nope.mp4"],
        ["--set", "BATCH_FRAMES"],
        ["--set", "BACH_FRAMES=3"],
        ["--json", "/nowhere/at/all.json"],
        ["--workers", "0"],
    ],
)
def test_options_that_cannot_be_meant_are_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert not captured.out


def test_settings_may_be_given_with_and_without_their_prefix() -> None:
    asked = options.parsed(["--set", "BATCH_FRAMES=4", "--set", "MASKWATCH_MOTION=off"])
    assert asked.settings == {"MASKWATCH_BATCH_FRAMES": "4", "MASKWATCH_MOTION": "off"}
    with pytest.raises(BadOption):
        options.checked(Options(target_ms=-1))


def test_a_mixed_scene_has_people_at_one_camera_of_four_on_both_wires(tmp_path: Path) -> None:
    clip = scenes.clip_of(Options(), tmp_path)
    feeds = scenes.feeds_of(Options(scene="mixed", wire="both", most=40), clip)
    busy = [feed for feed in feeds if feed.content == "moving"]
    assert len(busy) == 10
    assert sum(feed.wire == "rtsp" for feed in busy) == 5
    assert sum(feed.wire == "rtsp" for feed in feeds) == 20
    assert len({feed.begins_s for feed in busy}) == 10
    sampled = scenes.sample_of(feeds, 4)
    assert [feeds[number].content for number in sampled].count("moving") == 4


def test_cores_are_added_up_by_what_processes_do() -> None:
    used = {"worker-1": 0.4, "worker-2": 0.3, "redis frames": 0.1, "redis state": 0.1, "console": 0.1, "cameras": 0.2}
    step = replace(STEP, load=replace(LOAD, used=used))
    found = {role: pytest.approx(cores) for role, cores in by_role(step).items()}
    assert found == {"producer": 0, "worker": 0.7, "events": 0, "redis": 0.2, "rest": 0.1, "cameras": 0.2}


def test_what_a_process_used_is_what_came_in_between() -> None:
    before, after = {7: processes.Use(10, 50)}, {7: processes.Use(15, 60), 8: processes.Use(1, 5)}
    assert processes.cores_used(before, after, 10) == {7: 0.5, 8: 0.1}


def test_the_sentence_says_how_many_how_late_and_what_ran_out() -> None:
    late = replace(
        STEP,
        cameras=26,
        states={"live": 26},
        latency=Percentiles(900, 80, 800, 900, 999),
        load=replace(LOAD, idle=0.01),
    )
    few = replace(STEP, cameras=8, states={"live": 8}, fits=21)
    steps = [(each, verdict(each, 500)) for each in (few, STEP, late)]
    said = sentence(Result(Options(), replace(this_machine(), cores=2), "clip.mp4", {"mjpeg": 0}, steps, [], {}))
    assert "24 cameras are held (busy, mjpeg, 1280x720 at 5/s): 12.0 a core on 2 cores, p95 200 ms" in said
    assert "With 26: p95 800 ms; what ran out: processor time: worker-1 0.90" in said
    assert "With 8, `maskwatch status` said that 21 fit." in said
    assert said.endswith("each picture had ended and was counted once.")


def test_the_sentence_says_that_others_disturbed() -> None:
    steps = [(replace(STEP, load=replace(LOAD, others=0.7)), verdict(STEP, 500))]
    said = sentence(Result(Options(), replace(this_machine(), cores=2), "clip.mp4", {"mjpeg": 0}, steps, [], {"x": 2}))
    assert "Other programs used up to 0.7 cores" in said
    assert said.endswith("In the logs: x (2 times).")


def test_complaints_are_counted_by_kind(tmp_path: Path) -> None:
    lines = ["2026-01-01T00:00:00+0000 WARNING worker 3 frames late"] * 2 + ["2026-01-01T00:00:00+0000 INFO well"]
    (tmp_path / "worker-1.log").write_text("\n".join([*lines, "Traceback (most recent call last):", "KeyError: 'x'"]))
    assert complaints(tmp_path) == {"worker-1: worker # frames late": 2, "worker-1: KeyError: 'x'": 1}


def test_a_camera_begins_a_round_at_a_picture_that_needs_no_other() -> None:
    assert Feed("mjpeg", begins_s=3.4).first == 17
    assert Feed("rtsp", begins_s=3.4).first == 10


@pytest.mark.long
@pytest.mark.timeout(300)
def test_two_cameras_are_measured_in_a_real_system(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "capacity.json"
    sizes = ["--start", "2", "--most", "2", "--seconds", "3", "--settle-s", "2"]
    assert main([*sizes, "--wire", "both", "--json", str(path)]) == 0
    told: dict[str, Any] = json.loads(path.read_text())
    assert told["pictures_late"] == {"mjpeg": 0, "rtsp": 1}
    (step,) = told["steps"]  # whether it is held depends on what else this machine does
    system = {"up", "producer", "worker-1", "events", "console", "redis frames", "redis state"}
    assert system | {"cameras", "benchmark"} <= set(step["load"]["used"])
    assert step["states"] == {"live": 2}
    assert step["flow"]["inexact"] == told["unended"] == []
    assert told["sentence"] in capsys.readouterr().out
