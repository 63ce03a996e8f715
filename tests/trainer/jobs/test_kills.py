"""kill -9 in every step: no half version, the job failed with its step, no orphan, the next job runs."""

import os
import signal
from pathlib import Path

import pytest
from rq import Queue

from shared.model_registry import ModelRegistry
from shared.training_jobs import COUNTS, Ending
from tests.trainer.jobs.asking import data_folder, ended, horse_in, is_gone, put
from tests.trainer.jobs.conftest import Start
from tests.trainer.jobs.scripted import STEPS
from tests.waiting import eventually


def assert_next_one_publishes_the_only_version(queue: Queue, tmp_path: Path) -> None:
    registry = ModelRegistry(tmp_path / "models")
    assert registry.versions() == []
    assert ended(queue, put(queue, data_folder(tmp_path / "others"), tmp_path / "models"))[0] is Ending.FINISHED
    assert registry.versions() == [registry.current()]
    registry.verified(registry.current())
    assert queue.connection.hget(COUNTS, "failed") == b"1"


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_training_has_failed_at_once(step: str, queue: Queue, start: Start, tmp_path: Path) -> None:
    start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold=step), tmp_path / "models")
    os.kill(horse_in(queue, job_id, step), signal.SIGKILL)
    assert ended(queue, job_id) == (Ending.FAILED, f"killed by signal 9 (SIGKILL) while {step}")
    assert_next_one_publishes_the_only_version(queue, tmp_path)


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_trainer_takes_its_training_along_and_the_next_trainer_says_so(
    step: str, queue: Queue, start: Start, tmp_path: Path
) -> None:
    trainer = start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold=step), tmp_path / "models")
    horse = horse_in(queue, job_id, step)
    trainer.kill()
    eventually(lambda: is_gone(horse))
    start()
    assert ended(queue, job_id) == (Ending.FAILED, f"the trainer died while {step}")
    assert_next_one_publishes_the_only_version(queue, tmp_path)


def test_a_job_that_was_taken_and_not_begun_is_put_back(queue: Queue, start: Start, tmp_path: Path) -> None:
    job_id = put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    queue.connection.lmove(queue.key, queue.intermediate_queue_key)  # as a trainer does that dies in this moment
    start()
    assert ended(queue, job_id)[0] is Ending.FINISHED
