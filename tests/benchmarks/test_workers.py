"""The benchmarks of workers themselves: what feeds them, and what is made of what they tell."""

import os

import pytest
from rich.progress import Progress

from shared.connections import Servers
from shared.messages import FrameHeader, FrameOutcome
from shared.streams import HEADER, JPEG, RESULT, KeySpace
from tests.benchmarks import worker_memory, worker_reloads
from tests.benchmarks.camera_feeds import Feed
from tests.benchmarks.process_usage import Usage, cpu_s, running_ns, usage_of
from tests.benchmarks.trends import rise_of, slope_of
from tests.benchmarks.worker_feed import Frame, FullSpeed, Taken, frames_of
from tests.benchmarks.worker_memory import Outcome, Sample
from tests.benchmarks.worker_reloads import Reload
from tests.benchmarks.worker_scaling import _batches
from tests.builders import a_result
from worker.entries import Ending, Entry
from worker.group import FrameGroup
from worker.publisher import Publisher

KEYS = KeySpace()
SMALL = Feed(fps=5, loop_s=1, size=(160, 90))


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return frames_of(SMALL, is_gated=False)


def test_frames_are_those_that_a_gate_sends() -> None:
    whole, gated = frames_of(SMALL, is_gated=False), frames_of(SMALL)
    assert [each.header.regions for each in whole] == [None] * 5
    assert gated[0].header.regions is None
    assert len(gated) <= 5


def test_each_result_brings_another_frame(servers: Servers, redis_url: str, frames: list[Frame]) -> None:
    feed = FullSpeed(redis_url, {"gate": frames, "yard": frames}, unjudged=2)
    feed.begin()
    group = FrameGroup(servers.frames, KEYS, "w1")
    group.join(["gate", "yard"])
    read = group.read(8, 0)
    assert len(read) == 4
    _judge(servers, read[:3])
    assert len(feed.take()) == 3
    again = group.read(8, 0)
    assert len(again) == 3
    sequences = sorted(FrameHeader.model_validate_json(each.fields[HEADER]).sequence for each in [*read, *again])
    assert sequences[:2] == [1, 1]
    assert all(each.fields[JPEG] for each in again)


def test_a_batch_lasts_from_one_publication_to_the_next() -> None:
    taken = [_taken(worker, at) for worker, at in (("w1", 10), ("w1", 10), ("w1", 40), ("w2", 11), ("w2", 31))]
    batches, times_ms = _batches(taken)
    assert batches == 4
    assert sorted(times_ms) == [20, 30]


def test_a_frame_that_is_not_judged_ends_the_measurement() -> None:
    stale = a_result(0).model_copy(update={"outcome": FrameOutcome.DROPPED})
    with pytest.raises(RuntimeError, match="dropped"):
        _batches([Taken("gate", 1, {RESULT: stale.model_dump_json().encode()})])


def test_a_slope_is_that_behind_the_warm_up() -> None:
    slope = slope_of([float(n) for n in range(100)], [float(max(n, 20) * 3 + n % 2) for n in range(100)])
    assert slope.value == pytest.approx(3, abs=0.05)
    assert 2.9 < slope.at_least < slope.value
    assert rise_of([5.0] * 50 + [6.0] * 50) == 1


@pytest.mark.parametrize(
    ("rise_kib", "first_kib", "faults"),
    [
        (0, 300_000, []),
        (100, 300_000, []),  # less than 4 MiB
        (400, 300_000, ["memory grows"]),
        (0, 400_000, ["holds more than 350 MiB"]),
    ],
)
def test_the_verdict_names_what_is_wrong(rise_kib: int, first_kib: int, faults: list[str]) -> None:
    samples = tuple(Sample(1000 * n, Usage(first_kib + rise_kib * n + n % 2, 1, 9, 8)) for n in range(20))
    assert Outcome(samples, {}, (1,), 0, 1.0, first_kib / 1024).faults == faults


def test_of_each_ten_readings_the_least_counts() -> None:
    readings = [Sample(number, Usage(300_000 + number % 7, 1, 9, 8)) for number in range(20)]
    assert [each.frames for each in worker_memory.least_of(readings)] == [0, 14]


@pytest.mark.parametrize(("rise_kib", "grows"), [(0, False), (100, False), (1000, True)])
def test_reloads_that_leave_a_few_pages_are_flat(rise_kib: int, grows: bool) -> None:
    reloads = tuple(Reload(600, 300_000 + rise_kib * n + n % 2) for n in range(40))
    assert worker_reloads.Outcome(reloads).grows == grows


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_worker_gives_back_what_each_of_forty_reloads_took(frames: list[Frame]) -> None:
    outcome = worker_reloads.run({"gate": frames}, reloads=40, frames=50, workers=1, threads=1, progress=Progress())
    print(worker_reloads.told(outcome))
    assert not outcome.grows


def test_one_in_twenty_pictures_is_broken(frames: list[Frame]) -> None:
    broken = [worker_memory._broken(frames[0], number) for number in range(60)]
    assert sum(each.jpeg != frames[0].jpeg for each in broken) == 3


def test_what_this_process_uses_is_known() -> None:
    usage = usage_of(os.getpid())
    assert usage.rss_kib > 10_000
    assert usage.descriptors > 2
    assert usage.threads >= 1
    assert running_ns(os.getpid()) > 0
    assert cpu_s(os.getpid()) > 0


def _judge(servers: Servers, entries: list[Entry]) -> None:
    publisher = Publisher(servers.frames, KEYS, 64, 10)
    results = [a_result(number).model_copy(update={"camera": each.camera}) for number, each in enumerate(entries)]
    publisher.publish([Ending(entry, result) for entry, result in zip(entries, results, strict=True)])


def _taken(worker: str, at: int) -> Taken:
    return Taken("gate", at, {RESULT: a_result(0, worker=worker).model_dump_json().encode()})
