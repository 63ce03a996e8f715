"""Whatever happens between any two instructions, the counts are those of the run to which nothing happened."""

import itertools
import threading
from collections.abc import Iterator
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.connections import connect
from shared.leases import LeaseLost
from tests.worker.events.cutting_proxy import CuttingProxy, Fate
from tests.worker.events.one_camera import all_written, as_stream, take_camera, unread
from tests.worker.events.three_people import FRAMES, STREAM, a_frame, finish, undisturbed_run
from worker.events.camera_stage import CameraStage, Entry

BROKEN = (redis.RedisError, LeaseLost)


@pytest.fixture(scope="module")
def server_path(redis_url: str) -> Path:
    return Path(redis_url.removeprefix("unix://"))


@pytest.fixture(scope="module")
def state(redis_url: str) -> Iterator[redis.Redis]:
    client = connect(redis_url)
    yield client
    client.close()


@pytest.fixture(scope="module")
def proxy(server_path: Path) -> Iterator[CuttingProxy]:
    with CuttingProxy(server_path) as running:
        yield running


@pytest.fixture(scope="module")
def through_proxy(proxy: CuttingProxy) -> Iterator[redis.Redis]:
    """Which tries once, so that what breaks is seen to break."""
    client = redis.Redis.from_url(proxy.url, protocol=3, retry=Retry(NoBackoff(), 0))
    yield client
    client.close()


@pytest.fixture(scope="module")
def undisturbed(state: redis.Redis) -> dict[str, Any]:
    return undisturbed_run(state)


def test_the_undisturbed_run_counts_what_is_there(undisturbed: dict[str, Any]) -> None:
    counts = undisturbed["counts"]
    assert counts[b"processed"] == b"15"
    assert counts[b"violations"] == b"2"
    assert len(undisturbed["violations"]) == 2
    assert sum(int(n) for name, n in counts.items() if name.startswith(b"people:")) == 3


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.TORN, Fate.DONE], ids=lambda fate: fate.value)
def test_a_connection_that_breaks_at_any_commit_changes_no_count(
    fate: Fate,
    state: redis.Redis,
    through_proxy: redis.Redis,
    proxy: CuttingProxy,
    undisturbed: dict[str, Any],
) -> None:
    """For each prefix of the stream the owner commits it, and cannot know whether it did."""
    for read in range(len(STREAM) + 1):
        state.flushall()
        stage = take_camera(through_proxy, "owner")
        proxy.set_fate(fate)
        with pytest.raises(BROKEN):
            stage.take(STREAM[:read])
        finish(take_camera(through_proxy, "owner" if read % 2 else "successor"), STREAM)
        assert all_written(state) == undisturbed, read


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.TORN, Fate.DONE], ids=lambda fate: fate.value)
@pytest.mark.parametrize("is_live", [False, True], ids=["file", "live"])
def test_an_epoch_that_begins_within_a_read_counts_like_one_that_does_not(
    fate: Fate, is_live: bool, state: redis.Redis, through_proxy: redis.Redis, proxy: CuttingProxy
) -> None:
    """Such a read makes two commits, one for each epoch; either may be the one that breaks."""
    first = [a_frame(n, is_live=is_live) for n in (0, 1, 2, 4, 5)]  # the fourth never comes
    later = [a_frame(n, is_live=is_live).model_copy(update={"epoch": 2}) for n in (1, 0, 2, 3, 4)]
    stream = as_stream([*first, *later])
    state.flushall()
    alone = take_camera(state, "alone")
    for end in range(1, len(stream) + 1):
        alone.take(unread(alone, stream[:end]))
    alone.close()
    expected = [all_written(state, epoch) for epoch in (1, 2)]
    for broken, read in itertools.product((0, 1), range(6, len(stream) + 1)):
        state.flushall()
        stage = take_camera(through_proxy, "owner")
        proxy.set_fate(fate, behind=broken)
        with pytest.raises(BROKEN):
            stage.take(stream[:read])
        successor = take_camera(through_proxy, "successor")
        successor.take(unread(successor, stream))
        successor.close()
        assert [all_written(state, epoch) for epoch in (1, 2)] == expected, (broken, read)


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.TORN, Fate.DONE], ids=lambda fate: fate.value)
def test_a_commit_that_is_sent_again_because_its_connection_broke_counts_once(
    fate: Fate, state: redis.Redis, proxy: CuttingProxy, undisturbed: dict[str, Any]
) -> None:
    """The product's own client does so by itself."""
    with closing(connect(proxy.url)) as patient:
        for read in range(0, len(STREAM) + 1, 3):
            state.flushall()
            stage = take_camera(patient, "owner")
            proxy.set_fate(fate)
            with pytest.raises(LeaseLost) if fate is Fate.DONE else nullcontext():
                stage.take(STREAM[:read])
            finish(take_camera(patient, "owner") if fate is Fate.DONE else stage, STREAM)
            assert all_written(state) == undisturbed, read


@pytest.mark.parametrize("successor", ["owner", "another"])
def test_a_transaction_that_reaches_the_server_late_writes_nothing(
    successor: str, state: redis.Redis, through_proxy: redis.Redis, proxy: CuttingProxy, undisturbed: dict[str, Any]
) -> None:
    """The broken connection's bytes were still on their way when the camera had its next owner, or the same anew."""
    for read in range(0, len(STREAM) + 1, 3):
        state.flushall()
        stage = take_camera(through_proxy, "owner")
        proxy.set_fate(Fate.LATE)
        with pytest.raises(BROKEN):
            stage.take(STREAM[:read])
        after = take_camera(state, successor)
        after.take(unread(after, STREAM[: read // 2]))
        proxy.deliver()
        finish(after, STREAM)
        assert all_written(state) == undisturbed, read


def test_of_two_owners_the_one_that_was_paused_before_its_commit_writes_nothing(
    state: redis.Redis, through_proxy: redis.Redis, proxy: CuttingProxy, undisturbed: dict[str, Any]
) -> None:
    for read in range(0, len(STREAM) + 1, 3):
        state.flushall()
        paused = take_camera(through_proxy, "paused")
        proxy.set_fate(Fate.HELD)
        told: list[Exception] = []
        thread = threading.Thread(target=_commit, args=(paused, STREAM[:read], told))
        thread.start()
        assert proxy.arrived.wait(10)
        successor = take_camera(state, "successor")
        successor.take(unread(successor, STREAM[: read + 2]))
        proxy.deliver()
        thread.join()
        assert isinstance(told[0], LeaseLost)
        finish(successor, STREAM)
        assert all_written(state) == undisturbed, read


def _commit(stage: CameraStage, entries: list[Entry], told: list[Exception]) -> None:
    try:
        stage.take(entries)
    except BROKEN as error:
        told.append(error)


_FATES = st.sampled_from(["committed", "dies", "paused", *Fate])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.permutations(range(FRAMES)),
    repeats=st.lists(st.integers(0, FRAMES - 1), max_size=8),
    steps=st.lists(st.tuples(st.integers(0, 6), _FATES), max_size=12),
)
def test_any_order_and_any_fates_of_commits_count_like_the_undisturbed_run(
    order: list[int],
    repeats: list[int],
    steps: list[tuple[int, Any]],
    state: redis.Redis,
    through_proxy: redis.Redis,
    proxy: CuttingProxy,
    undisturbed: dict[str, Any],
) -> None:
    """Each step is a read of so many entries, and what becomes of its commit."""
    state.flushall()
    stream = as_stream([a_frame(n) for n in [*order, *repeats]])
    finish(_lived_through(steps, stream, state, through_proxy, proxy), stream)
    assert all_written(state) == undisturbed


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.lists(st.integers(0, FRAMES - 1), min_size=5, max_size=20),
    steps=st.lists(st.tuples(st.integers(0, 6), _FATES), max_size=12),
)
def test_a_live_cameras_late_and_missing_frames_are_given_up_alike_whoever_owns_it(
    order: list[int],
    steps: list[tuple[int, Any]],
    state: redis.Redis,
    through_proxy: redis.Redis,
    proxy: CuttingProxy,
) -> None:
    """What comes when decides what is given up; who reads it in which portions does not."""
    stream = as_stream([a_frame(n, is_live=True) for n in order])
    state.flushall()
    alone = take_camera(state, "alone")
    alone.take(stream)
    alone.close()
    expected = all_written(state)
    state.flushall()
    last = _lived_through(steps, stream, state, through_proxy, proxy)
    last.take(unread(last, stream))
    last.close()
    assert all_written(state) == expected


def _lived_through(
    steps: list[tuple[int, Any]],
    stream: list[Entry],
    state: redis.Redis,
    through_proxy: redis.Redis,
    proxy: CuttingProxy,
) -> CameraStage:
    """The stage of the last owner, behind all that befell those before."""
    stage = take_camera(through_proxy, "owner-0")
    for number, (count, fate) in enumerate(steps, start=1):
        entries = unread(stage, stream)[:count]
        if isinstance(fate, Fate) and fate is not Fate.HELD:
            proxy.set_fate(fate)
            with suppress(*BROKEN):
                stage.take(entries)
        elif fate == "committed":
            stage.take(entries)
            continue
        elif fate is Fate.HELD or fate == "paused":
            outdated, stage = stage, take_camera(state, f"meanwhile-{number}")
            stage.take(unread(stage, stream)[: count + 1])
            with pytest.raises(LeaseLost):
                outdated.take(entries)
        stage = take_camera(through_proxy, f"owner-{number}")
        if fate is Fate.LATE:
            proxy.deliver()
    return stage
