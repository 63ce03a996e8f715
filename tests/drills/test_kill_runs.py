"""Processes and servers are killed and paused at work; nothing is lost and no total changes."""

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import redis

from deploy.local.data_folder import DataFolder
from shared.connections import connect
from shared.messages import FrameResult
from shared.streams import RESULT, WORKER_GROUP, KeySpace
from tests.drills.kill_runs import SCENES, disturbed, draw_scenes, judge, undisturbed
from tests.drills.totals import Totals
from tests.integration.system import System
from tests.waiting import eventually

KEYS = KeySpace()
SEED = 4  # kills each kind of process and both servers, and comes to its end soon

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return draw_scenes(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(scope="module")
def expected(clips: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Totals]:
    return undisturbed(clips, tmp_path_factory.mktemp("undisturbed"))


def test_random_kills_and_pauses_change_no_total(
    clips: dict[str, Path], expected: dict[str, Totals], tmp_path: Path
) -> None:
    outcome = disturbed(clips, tmp_path, SEED, expected)
    assert outcome.wrong == [], outcome.harm


def test_frames_that_two_workers_judged_count_once(
    clips: dict[str, Path], expected: dict[str, Totals], tmp_path: Path
) -> None:
    judged = judge(clips, tmp_path, _pause_a_worker_at_work)
    assert judged.wrong_against(expected) == []
    assert judged.harm["results that came twice"] > 0


def _pause_a_worker_at_work(system: System) -> Counter[str]:
    """Pause a worker with frames in its hands until another one has claimed them, then let it go on."""
    run = eventually(DataFolder(system.data).last_run, timeout_s=30)
    assert run is not None
    frames = connect(run.frames_redis)
    victim = cast("str", eventually(lambda: _paused_at_work(frames), timeout_s=60, interval_s=0))
    eventually(lambda: victim not in _in_hands(frames), timeout_s=30)
    os.kill(_pid(victim), signal.SIGCONT)
    twice = eventually(lambda: _came_twice(frames), timeout_s=30)
    frames.close()
    return Counter({"results that came twice": twice})


def _paused_at_work(frames: redis.Redis) -> str | None:
    for consumer in _in_hands(frames):
        os.kill(_pid(consumer), signal.SIGSTOP)
        if consumer in _in_hands(frames):
            return consumer
        os.kill(_pid(consumer), signal.SIGCONT)  # it had just ended them
    return None


def _in_hands(frames: redis.Redis) -> set[str]:
    """The workers that hold frames."""
    try:
        pending = [frames.xpending(KEYS.frames(camera), WORKER_GROUP) for camera in SCENES]
    except redis.RedisError:  # no stream or no group yet
        return set()
    consumers = cast("list[dict[str, Any]]", [each for one in pending for each in one["consumers"]])
    return {each["name"].decode() for each in consumers if each["pending"]}


def _pid(consumer: str) -> int:
    return int(consumer.rsplit("-", 2)[1])


def _came_twice(frames: redis.Redis) -> int:
    entries = [fields for camera in SCENES for _, fields in cast("Any", frames.xrange(KEYS.results(camera)))]
    results = [FrameResult.model_validate_json(fields[RESULT]) for fields in entries]
    return sum(times > 1 for times in Counter((each.camera, each.sequence) for each in results).values())
