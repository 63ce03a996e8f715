from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from rq import Queue

from shared.connections import Servers
from shared.leases import Lease
from shared.training_jobs import LEASE, SCHEDULE, TrainingSchedule
from shared.training_queue import fetch, read_schedule, settings_of
from trainer.jobs.cron import TrainingCron
from trainer.jobs.turn import Turn

SETTINGS = {"data": ["/faces"], "registry": "/models"}
NOW = datetime.now(UTC)


@pytest.fixture
def lease(servers: Servers) -> Lease:
    turn = Turn(servers.state, "one", 60_000)
    turn.refresh()
    assert turn.lease is not None
    return turn.lease


@pytest.fixture
def cron(queue: Queue) -> TrainingCron:
    return TrainingCron(queue)


def schedule(servers: Servers, age: timedelta, **rule: object) -> None:
    made = TrainingSchedule.model_validate({"settings": SETTINGS, "created_at": NOW - age, **rule})
    servers.state.set(SCHEDULE, made.model_dump_json())


def test_a_training_that_is_due_is_queued_once(
    servers: Servers, queue: Queue, cron: TrainingCron, lease: Lease
) -> None:
    schedule(servers, timedelta(days=8), every_s=7 * 86_400)
    for _ in range(3):
        cron.tick(lease)
    assert queue.count == 1
    job = fetch(queue, queue.get_job_ids()[0])
    assert job is not None
    assert settings_of(job) == SETTINGS
    stored = read_schedule(servers.state)
    assert stored is not None
    assert stored.last_queued_at is not None
    assert stored.last_queued_at >= NOW


def test_a_time_that_passed_without_a_trainer_is_made_up_for_once(
    servers: Servers, queue: Queue, cron: TrainingCron, lease: Lease
) -> None:
    schedule(servers, timedelta(days=3), cron="0 3 * * *")
    cron.tick(lease)
    queue.connection.delete(queue.key)
    cron.tick(lease)
    assert queue.count == 0


def test_a_training_is_not_queued_before_its_time(
    servers: Servers, queue: Queue, cron: TrainingCron, lease: Lease
) -> None:
    schedule(servers, timedelta(days=6), every_s=7 * 86_400)
    cron.tick(lease)
    assert queue.count == 0


def test_a_scheduled_training_is_left_out_while_another_one_waits(
    servers: Servers, queue: Queue, cron: TrainingCron, lease: Lease
) -> None:
    schedule(servers, timedelta(hours=2), every_s=3600)
    queue.enqueue("trainer.jobs.job.run", {})
    cron.tick(lease)
    queue.connection.delete(queue.key)
    cron.tick(lease)
    assert queue.count == 0


def test_a_new_schedule_counts_at_the_next_tick_and_none_at_all_when_it_is_gone(
    servers: Servers, queue: Queue, cron: TrainingCron, lease: Lease
) -> None:
    schedule(servers, timedelta(0), every_s=3600)
    cron.tick(lease)
    schedule(servers, timedelta(hours=2), every_s=3600)
    cron.tick(lease)
    assert queue.count == 1
    queue.connection.delete(queue.key)
    schedule(servers, timedelta(hours=2), every_s=3600)
    servers.state.delete(SCHEDULE)
    cron.tick(lease)
    assert queue.count == 0


def test_a_trainer_whose_turn_is_over_queues_nothing(
    servers: Servers, queue: Queue, cron: TrainingCron, lease: Lease
) -> None:
    schedule(servers, timedelta(hours=2), every_s=3600)
    servers.state.hset(LEASE, mapping={"owner": "another", "token": lease.token + 1})
    cron.tick(lease)
    assert queue.count == 0


@pytest.mark.parametrize("raw", ["not JSON", '{"cron": "0 3 * * *", "every_s": 60, "settings": {}}', "{}"])
def test_a_schedule_that_cannot_be_read_is_none(
    raw: str, servers: Servers, queue: Queue, cron: TrainingCron, lease: Lease
) -> None:
    servers.state.set(SCHEDULE, raw)
    cron.tick(lease)
    assert queue.count == 0


def test_a_schedule_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValidationError, match="JSON"):
        TrainingSchedule(every_s=60, settings={"alpha": float("inf")}, created_at=NOW)
