"""Jobs in a trainer process: from the queue to the version, and every way in which one ends without."""

import signal
import time
import urllib.request
from pathlib import Path
from typing import cast

from rq import Queue

from shared import heartbeats
from shared.connections import Servers
from shared.model_registry import ModelRegistry
from shared.training_jobs import COUNTS, LEASE, Ending, MetaKey, TrainingOutcome, TrainingProgress
from shared.training_queue import all_ids, enqueue, fetch, running_ids
from tests.trainer.jobs.asking import START_S, data_folder, ended, horse_in, is_gone, meta, put
from tests.trainer.jobs.conftest import Start, Trainer
from tests.waiting import eventually


def counts(servers: Servers) -> dict[bytes, bytes]:
    return cast("dict[bytes, bytes]", servers.state.hgetall(COUNTS))


def stopped(process: Trainer) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(20)


def test_a_queued_training_publishes_a_version_and_tells_what_came_out(
    servers: Servers, queue: Queue, start: Start, tmp_path: Path
) -> None:
    start()
    job_id = put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    assert ended(queue, job_id) == (Ending.FINISHED, "")
    outcome = TrainingOutcome.model_validate(meta(queue, job_id)[MetaKey.OUTCOME])
    assert (outcome.version, outcome.promoted) == (1, True)
    assert ModelRegistry(tmp_path / "models").current() == 1
    assert TrainingProgress.model_validate(meta(queue, job_id)[MetaKey.PROGRESS]).share == 1
    assert counts(servers)[b"finished"] == b"1"


def test_what_cannot_be_trained_is_refused_in_one_line_and_the_next_job_runs(
    servers: Servers, queue: Queue, start: Start, tmp_path: Path
) -> None:
    refused = put(queue, tmp_path / "nowhere", tmp_path / "models")
    crashed = put(queue, data_folder(tmp_path / "bug"), tmp_path / "models")
    (tmp_path / "bug" / "broken").touch()
    out_of_range = str(enqueue(queue, {"data": ["x"], "registry": "y", "epochs": 0}).id)
    fine = put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    start()
    assert ended(queue, refused) == (Ending.REFUSED, f"there is no data folder {tmp_path / 'nowhere'}")
    assert ended(queue, crashed) == (
        Ending.FAILED,
        "unexpected RuntimeError: the data folder holds a bug; the trainer's log shows where",
    )
    assert ended(queue, out_of_range)[0] is Ending.REFUSED
    assert ended(queue, fine)[0] is Ending.FINISHED
    assert {name: counts(servers)[name] for name in (b"refused", b"failed", b"finished")} == {
        b"refused": b"2",
        b"failed": b"1",
        b"finished": b"1",
    }
    assert "Traceback" in (tmp_path / "trainer.log").read_text()


def test_a_job_that_is_no_training_is_never_called(queue: Queue, start: Start, tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    function = queue.enqueue("os.mkdir", str(evil)).id
    callback = fetch(queue, put(queue, data_folder(tmp_path / "faces"), tmp_path / "models"))
    assert callback is not None
    queue.connection.hset(callback.key, "success_callback_name", "os.mkdir")
    fine = put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    start()
    for job_id in (function, callback.id):
        assert ended(queue, job_id) == (Ending.FAILED, "this is no training, so it was not run")
    assert ended(queue, fine)[0] is Ending.FINISHED
    assert not evil.exists()
    assert ModelRegistry(tmp_path / "models").versions() == [1]


def test_nothing_on_the_server_is_pickled(queue: Queue, start: Start, tmp_path: Path) -> None:
    start()
    job_id = put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    ended(queue, job_id)
    job = fetch(queue, job_id)
    assert job is not None
    assert bytes(job.data).startswith(b'["trainer.jobs.job.run"')
    stored = cast("dict[bytes, bytes]", queue.connection.hgetall(job.key))
    assert stored[b"meta"].startswith(b"{")


def test_a_training_gives_way_to_live_work_and_the_trainer_loads_no_tensorflow(
    queue: Queue, start: Start, tmp_path: Path
) -> None:
    trainer = start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold="fine-tuning"), tmp_path / "models")
    horse = horse_in(queue, job_id, "fine-tuning")
    niceness = Path(f"/proc/{horse}/stat").read_text().rpartition(")")[2].split()[16]
    assert niceness == "10"
    loaded = Path(f"/proc/{trainer.pid}/maps").read_text()
    assert not [name for name in ("tensorflow", "cv2") if name in loaded]


def test_a_stopped_trainer_ends_at_once_and_says_so_in_the_job(
    servers: Servers, queue: Queue, start: Start, tmp_path: Path
) -> None:
    trainer = start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold="measuring"), tmp_path / "models")
    horse = horse_in(queue, job_id, "measuring")
    assert stopped(trainer) == 0
    assert is_gone(horse)
    assert ended(queue, job_id) == (Ending.FAILED, "the trainer was stopped while measuring")
    assert heartbeats.read(servers.state) == []


def test_two_trainers_train_one_job_at_a_time_and_the_second_takes_over(
    servers: Servers, queue: Queue, start: Start, tmp_path: Path
) -> None:
    trainers = [start(), start()]
    eventually(lambda: len(heartbeats.read(servers.state)) == 2, START_S)
    first = put(queue, data_folder(tmp_path / "faces", hold="fine-tuning"), tmp_path / "models")
    second = put(queue, data_folder(tmp_path / "others"), tmp_path / "models")
    horse = horse_in(queue, first, "fine-tuning")
    assert running_ids(queue) == [first]
    assert queue.get_job_ids() == [second]
    holder = next(each for each in trainers if is_child(horse, each.pid))
    (tmp_path / "faces" / "hold").unlink()
    assert ended(queue, second)[0] is Ending.FINISHED
    assert stopped(holder) == 0
    third = put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    assert ended(queue, third)[0] is Ending.FINISHED
    assert ModelRegistry(tmp_path / "models").versions() == [1, 2, 3]
    assert all_ids(queue) == sorted([first, second, third], reverse=True)


def test_a_trainer_that_lost_its_turn_stops_its_training(queue: Queue, start: Start, tmp_path: Path) -> None:
    start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold="fine-tuning"), tmp_path / "models")
    horse = horse_in(queue, job_id, "fine-tuning")
    until_ms = int((time.time() + 50) * 1000)
    queue.connection.hset(LEASE, mapping={"owner": "another", "token": "7", "expires_at_ms": str(until_ms)})
    assert ended(queue, job_id) == (Ending.FAILED, "another trainer took over while fine-tuning")
    assert is_gone(horse)
    waiting = put(queue, data_folder(tmp_path / "others"), tmp_path / "models")
    assert not eventually_begins(queue, waiting)


def eventually_begins(queue: Queue, job_id: str) -> bool:
    try:
        return bool(eventually(lambda: job_id in running_ids(queue), timeout_s=1.0))
    except AssertionError:
        return False


def is_child(pid: int, parent: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1] == str(parent)


def test_a_trainer_answers_probes(servers: Servers, start: Start) -> None:
    start()
    info = eventually(lambda: heartbeats.read(servers.state), START_S)[0]
    assert info.role == "trainer"
    with urllib.request.urlopen(info.metrics_url) as answer:  # noqa: S310 - the trainer's own loopback address
        assert b'maskwatch_stage_in_progress{stage="train"} 0.0' in answer.read()
    with urllib.request.urlopen(info.metrics_url.replace("metrics", "readyz")) as answer:  # noqa: S310 - as above
        assert answer.status == 200
