from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from rq import Queue

from console.training.exporter import TrainingCollector, read
from shared.connections import Servers, connect
from shared.training_jobs import SCHEDULE, Ending, TrainingSchedule
from tests.trainer.jobs.asking import data_folder, ended, horse_in, put
from tests.trainer.jobs.conftest import Start
from trainer.jobs.estimate import USUAL_SHARES


@pytest.fixture
def registry(servers: Servers) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(TrainingCollector(lambda: read(servers.state)))
    return registry


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"maskwatch_training_{name}", labels)


def test_before_the_first_training_the_counters_are_zero(registry: CollectorRegistry) -> None:
    for ending in Ending:
        assert value(registry, "jobs_total", outcome=ending) == 0
    assert value(registry, "queued") == 0
    assert value(registry, "in_progress") == 0
    assert value(registry, "last_success_timestamp_seconds") is None


def test_trainings_are_counted_and_the_running_one_is_seen(
    registry: CollectorRegistry, queue: Queue, start: Start, tmp_path: Path
) -> None:
    started_at = datetime.now(UTC).timestamp()
    start()
    ended(queue, put(queue, data_folder(tmp_path / "others"), tmp_path / "models"))
    ended(queue, put(queue, tmp_path / "nowhere", tmp_path / "models"))
    running = put(queue, data_folder(tmp_path / "faces", hold="measuring"), tmp_path / "models")
    put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    horse_in(queue, running, "measuring")
    assert value(registry, "jobs_total", outcome="finished") == 1
    assert value(registry, "jobs_total", outcome="refused") == 1
    assert value(registry, "queued") == 1
    assert value(registry, "in_progress") == 1
    assert value(registry, "progress_ratio") == pytest.approx(
        1 - USUAL_SHARES["measuring"] - USUAL_SHARES["publishing"]
    )
    assert value(registry, "epoch") is None
    for name in ("last_success_timestamp_seconds", "last_failure_timestamp_seconds"):
        assert (value(registry, name) or 0) >= started_at
    assert value(registry, "last_duration_seconds") is not None


def test_epoch_and_loss_are_told_while_there_are_some(
    registry: CollectorRegistry, queue: Queue, start: Start, tmp_path: Path
) -> None:
    start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold="fine-tuning"), tmp_path / "models")
    horse_in(queue, job_id, "fine-tuning")
    assert (value(registry, "epoch"), value(registry, "loss")) == (2, 0.25)


@pytest.mark.parametrize(("rule", "seconds"), [({"cron": "0 3 * * *"}, 86_400), ({"every_s": 600}, 600)])
def test_the_period_of_the_schedule_is_told(
    rule: dict[str, object], seconds: float, registry: CollectorRegistry, servers: Servers
) -> None:
    schedule = TrainingSchedule.model_validate({"settings": {}, "created_at": datetime.now(UTC), **rule})
    servers.state.set(SCHEDULE, schedule.model_dump_json())
    assert value(registry, "schedule_period_seconds") == seconds


def test_a_server_that_is_away_gives_no_numbers() -> None:
    registry = CollectorRegistry()
    registry.register(TrainingCollector(lambda: read(connect("unix:///nowhere"))))
    assert value(registry, "queued") is None
