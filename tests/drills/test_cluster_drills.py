"""Whole systems with frames in a Redis Cluster, or counts behind sentinels: no total changes, whatever dies there."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
import redis

from shared.connections import connect
from shared.streams import KeySpace
from tests.drills.kill_runs import SCENES, SETTINGS, draw_scenes
from tests.drills.state_server import state_of
from tests.drills.timings import Timings
from tests.drills.totals import Totals, contradictions, differences, totals
from tests.integration.cluster import Cluster, running_cluster
from tests.integration.sentinels import watched_servers
from tests.integration.system import System, running
from tests.waiting import eventually

KEYS = KeySpace(8)
CAMERA = "hall"  # alone on its node; the two others share one
_AT_WORK = 10  # results, from which on there is something to lose
_PATIENCE_S = 120.0

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]

Disturb = Callable[[], object]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return draw_scenes(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def expected(clips: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Totals]:
    """What the clips come to on one server for both roles."""
    folder = tmp_path_factory.mktemp("one-server")
    judge(clips, folder, lambda: None)
    with state_of(folder / "data") as state:
        return totals_of(state, clips)


@pytest.fixture(scope="module")
def running_one() -> Iterator[Cluster]:
    with running_cluster() as found:
        yield found


@pytest.fixture
def cluster(running_one: Cluster) -> Cluster:
    """A cluster that is whole and empty."""
    running_one.wait_until_whole()
    for node in running_one.nodes:
        if node.is_primary:
            node.client.flushall()
    return running_one


def judge(clips: Mapping[str, Path], folder: Path, disturb: Disturb, *servers: str) -> None:
    """Judge the clips to their end while ``disturb`` does its work; no process may end or fill its log with errors."""
    options = [part for name, path in clips.items() for part in ("--camera", f"{name}={path}")]
    options += ["--workers", "2", "--exit-when-done", "--no-review", *servers]
    with running(folder / "data", *options, env=SETTINGS | {"MASKWATCH_SHARDS": str(KEYS.shards)}) as system:
        disturb()
        assert system.wait(_PATIENCE_S) == 0, system.output
        _assert_calm(system)


def _assert_calm(system: System) -> None:
    assert "ended" not in system.output, system.output
    for log in (system.data / "logs").glob("*.log"):
        told = log.read_text()
        assert "Traceback" not in told, told
        assert told.count("WARNING") < 12, told


def totals_of(state: redis.Redis, clips: Mapping[str, Path]) -> dict[str, Totals]:
    found = {name: totals(state, name, KEYS) for name in clips}
    assert [line for each in found.values() for line in contradictions(each)] == []
    return found


def judge_over(cluster: Cluster, clips: Mapping[str, Path], folder: Path, disturb: Disturb) -> dict[str, Totals]:
    """Judge the clips with frames in the cluster."""
    judge(clips, folder, disturb, "--frames-redis", cluster.url)
    with state_of(folder / "data") as state:
        return totals_of(state, clips)


def at_work(cluster: Cluster) -> int:
    """Wait until the camera's frames are judged; how many results there are."""
    with closing(connect(cluster.url)) as frames:
        return eventually(lambda: _results(frames) > _AT_WORK and _results(frames), timeout_s=60)


def _results(frames: redis.Redis) -> int:
    try:
        return int(frames.xlen(KEYS.results(CAMERA)))
    except redis.RedisError:
        return 0


def seconds_until_judged(cluster: Cluster, since: float) -> float:
    """From an instant until there are more of the camera's results than its node has when it first answers."""
    with closing(connect(cluster.url)) as frames:
        eventually(lambda: _answers(frames), timeout_s=60)
        had = _results(frames)
        eventually(lambda: _results(frames) > had, timeout_s=60)
    return time.monotonic() - since


def _answers(frames: redis.Redis) -> bool:
    try:
        return bool(frames.ping())
    except redis.RedisError:
        return False


def test_a_camera_whose_slot_moves_is_counted_as_on_one_server(
    cluster: Cluster, clips: dict[str, Path], expected: dict[str, Totals], tmp_path: Path, timings: Timings
) -> None:
    assert set(clips) == set(SCENES)

    def move() -> None:
        at_work(cluster)
        began_at = time.monotonic()
        cluster.move_slot_of(KEYS.frames(CAMERA))
        timings.note("slot moved", "judged again", seconds_until_judged(cluster, began_at))

    assert differences(expected, judge_over(cluster, clips, tmp_path, move)) == []


def test_a_primary_that_is_killed_changes_no_total(
    cluster: Cluster, clips: dict[str, Path], expected: dict[str, Totals], tmp_path: Path, timings: Timings
) -> None:
    def kill() -> None:
        at_work(cluster)
        began_at = time.monotonic()
        killed = cluster.replace_primary_of(KEYS.frames(CAMERA))
        timings.note("primary killed", "replica is primary", time.monotonic() - began_at)
        timings.note("primary killed", "judged again", seconds_until_judged(cluster, began_at))
        killed.start()

    assert differences(expected, judge_over(cluster, clips, tmp_path, kill)) == []


def test_a_primary_that_hangs_and_goes_on_when_it_is_none_any_more_changes_no_total(
    cluster: Cluster, clips: dict[str, Path], expected: dict[str, Totals], tmp_path: Path, timings: Timings
) -> None:
    def hang() -> None:
        at_work(cluster)
        began_at = time.monotonic()
        hung = cluster.primary_of(KEYS.frames(CAMERA))
        hung.pause()
        try:
            cluster.wait_until_replaced(hung, KEYS.frames(CAMERA))
        finally:
            hung.go_on()
        timings.note("primary hangs", "judged again", seconds_until_judged(cluster, began_at))

    assert differences(expected, judge_over(cluster, clips, tmp_path, hang)) == []


def test_a_node_that_is_started_again_empty_changes_no_total(
    cluster: Cluster, clips: dict[str, Path], expected: dict[str, Totals], tmp_path: Path, timings: Timings
) -> None:
    def restart() -> None:
        at_work(cluster)
        began_at = time.monotonic()
        node = cluster.primary_of(KEYS.frames(CAMERA))
        node.kill()
        node.start()  # before its replica takes over: what it had is gone on both
        timings.note("node restarted", "judged again", seconds_until_judged(cluster, began_at))

    assert differences(expected, judge_over(cluster, clips, tmp_path, restart)) == []


def test_counts_behind_sentinels_survive_the_death_of_their_primary(
    cluster: Cluster, clips: dict[str, Path], expected: dict[str, Totals], tmp_path: Path, timings: Timings
) -> None:
    with watched_servers() as watched:

        def kill() -> None:
            at_work(cluster)
            began_at = time.monotonic()
            watched.replace_primary()
            with closing(connect(watched.url)) as state:
                had = _commits(state)
                eventually(lambda: _commits(state) > had, timeout_s=60)
            timings.note("state primary killed", "counted again", time.monotonic() - began_at)

        judge(clips, tmp_path, kill, "--frames-redis", cluster.url, "--state-redis", watched.url)
        with closing(connect(watched.url)) as state:
            assert differences(expected, totals_of(state, clips)) == []


def _commits(state: redis.Redis) -> int:
    try:
        return int(cast("bytes | None", state.hget(KEYS.checkpoint(CAMERA), "commits")) or 0)
    except redis.RedisError:
        return 0
