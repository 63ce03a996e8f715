import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deploy.local.child import ProcessSpec
from deploy.local.data_folder import DataFolder
from deploy.local.system import LocalSystem, SystemPlan, other_processes, usual_workers, worker_process
from shared.settings import known_variables
from tests.waiting import eventually


def stand_in(number: int, env: Mapping[str, str]) -> ProcessSpec:
    return ProcessSpec(f"worker-{number}", ("/bin/sleep", "600"), env)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[LocalSystem]:
    """Workers that do nothing, and no servers."""
    data = DataFolder(tmp_path)
    plan = SystemPlan("unix:///f", "unix:///s", 2, str(data.models), "", {"MASKWATCH_DETECTOR": "haar"})
    system = LocalSystem(data, plan, lambda _: None, processes=lambda _: [], worker=stand_in)
    yield system
    system.stop(is_urgent=lambda: True)


def test_workers_are_added_and_the_newest_retired(system: LocalSystem) -> None:
    system.start_processes(1)
    system.scale(3)
    assert system.workers() == ["worker-1", "worker-2", "worker-3"]
    system.scale(1)
    assert system.workers() == ["worker-1"]


def test_workers_share_the_cores_unless_the_operator_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str | None] = []

    def note(number: int, env: Mapping[str, str]) -> ProcessSpec:
        told.append(env.get("MASKWATCH_WORKER_THREADS"))
        return stand_in(number, env)

    data = DataFolder(tmp_path)
    plan = SystemPlan("unix:///f", "unix:///s", 1, str(data.models), "", {})
    system = LocalSystem(data, plan, lambda _: None, processes=lambda _: [], worker=note)
    system.start_processes(1)
    system.scale(8)
    monkeypatch.setenv("MASKWATCH_WORKER_THREADS", "3")
    system.scale(9)
    system.stop(is_urgent=lambda: True)
    assert told[0] == str(len(os.sched_getaffinity(0)))
    assert told[1:8] == [str(max(1, len(os.sched_getaffinity(0)) // 8))] * 7
    assert told[8] is None
    assert 1 <= usual_workers() <= len(os.sched_getaffinity(0))


def test_a_worker_s_name_is_free_again_only_when_it_has_left(system: LocalSystem) -> None:
    system.start_processes(2)
    system.scale(1)
    system.scale(2)
    assert system.workers() == ["worker-1", "worker-3"]
    eventually(lambda: has_left(system, "worker-2"))
    system.scale(3)
    assert system.workers() == ["worker-1", "worker-3", "worker-2"]


def has_left(system: LocalSystem, name: str) -> bool:
    system.supervisor.tick()
    return not system.supervisor.knows(name)


def test_every_process_gets_only_settings_that_exist(system: LocalSystem) -> None:
    system.start_processes(1)
    env = system.supervisor.child("worker-1").spec.env
    assert set(env) <= known_variables()
    assert env["MASKWATCH_FRAMES_REDIS"] == "unix:///f"
    assert env["MASKWATCH_SHARDS"] == "2"
    assert env["MASKWATCH_DETECTOR"] == "haar"


def test_the_trainer_is_a_process_like_the_others_where_one_is_wanted(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    plan = SystemPlan("unix:///f", "unix:///s", 1, str(data.models), "", {}, trains=True)
    system = LocalSystem(data, plan, lambda _: None, processes=lambda _: [], worker=stand_in)
    system.start_processes(1)
    try:
        assert system.supervisor.names() == ["trainer", "worker-1"]
        assert set(system.supervisor.child("trainer").spec.env) <= known_variables()
    finally:
        system.stop(is_urgent=lambda: True)


def test_what_feeds_others_stops_before_them() -> None:
    specs = [*other_processes({}), worker_process(1, {})]
    in_order = sorted(specs, key=lambda spec: spec.stop_rank)
    assert [spec.name for spec in in_order] == ["producer", "worker-1", "events", "console"]
