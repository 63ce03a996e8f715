"""The commands about trainings, against real trainers: what they print and how they end."""

import json
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rq import Queue

from console.command import run
from console.training import cancelling
from shared.connections import Servers
from shared.training_jobs import COUNTS, Ending
from shared.training_queue import fetch, read_schedule, settings_of
from tests.console.test_command import MASKWATCH
from tests.trainer.jobs.asking import data_folder, ended, horse_in, is_gone, put
from tests.trainer.jobs.conftest import Start
from tests.waiting import eventually


@pytest.fixture
def redis(redis_url: str, servers: Servers) -> str:
    """The option that names the server, which is empty."""
    return f"--redis={redis_url}"


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def error(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


def test_a_queued_training_is_followed_to_its_version(
    redis: str, queue: Queue, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start()
    faces, models = data_folder(tmp_path / "faces"), tmp_path / "models"
    assert run(["train", "--queue", "--follow", "--data", str(faces), "--registry", str(models), redis]) == 0
    job_id, outcome = lines(capsys)
    assert outcome == f"published version 1 of mask in {models}, current from now on (no version is served)"
    assert run(["training", "list", "--json", redis]) == 0
    (job,) = json.loads(lines(capsys)[0])
    assert (job["id"], job["state"], job["progress"]["share"]) == (job_id, "finished", 1.0)
    assert job["settings"] == {"data": [str(faces)], "registry": str(models)}
    assert run(["training", "list", redis]) == 0
    assert job_id in lines(capsys)[1]


def test_what_is_queued_holds_absolute_paths_and_only_what_was_chosen(
    redis: str, queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("faces", "photographs"):
        data_folder(tmp_path / name)
    command = "train --queue --data faces --boxes photographs --registry models --epochs 3 --shadow 5m --force"
    assert run([*command.split(), redis]) == 0
    job = fetch(queue, lines(capsys)[0])
    assert job is not None
    assert settings_of(job) == {
        "data": [str(tmp_path / "faces")],
        "boxes": str(tmp_path / "photographs"),
        "registry": str(tmp_path / "models"),
        "epochs": 3,
        "shadow_s": 300.0,
        "force": True,
    }


def test_a_training_that_is_refused_ends_the_follower_with_the_reason(
    redis: str, queue: Queue, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job_id = put(queue, tmp_path / "nowhere", tmp_path / "models")
    start()
    assert run(["training", "follow", job_id, redis]) == 1
    assert error(capsys) == f"maskwatch: training {job_id} is refused: there is no data folder {tmp_path / 'nowhere'}"


def test_ctrl_c_stops_following_and_nothing_else(
    redis: str, queue: Queue, start: Start, tmp_path: Path, redis_url: str
) -> None:
    start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold="fine-tuning"), tmp_path / "models")
    horse_in(queue, job_id, "fine-tuning")
    with subprocess.Popen([MASKWATCH, "train", "--follow", redis], stderr=subprocess.PIPE, text=True) as follower:
        assert follower.stderr is not None
        assert follower.stderr.readline() == "fine-tuning\n"
        follower.send_signal(signal.SIGINT)
        assert follower.wait(20) == 130
        assert "goes on" in follower.stderr.read()
    (tmp_path / "faces" / "hold").unlink()
    assert ended(queue, job_id)[0] is Ending.FINISHED


def test_a_running_training_is_stopped_and_a_queued_one_removed(
    redis: str, servers: Servers, queue: Queue, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start()
    running = put(queue, data_folder(tmp_path / "faces", hold="publishing"), tmp_path / "models")
    horse = horse_in(queue, running, "publishing")
    waiting = put(queue, data_folder(tmp_path / "faces"), tmp_path / "models")
    assert run(["training", "cancel", waiting, redis]) == 0
    assert run(["training", "cancel", redis]) == 0
    assert lines(capsys) == [f"{waiting}: cancelled before it began", f"{running}: cancelled while publishing"]
    eventually(lambda: is_gone(horse))
    assert run(["training", "cancel", running, redis]) == 0
    assert servers.state.hget(COUNTS, "cancelled") == b"2"
    (tmp_path / "faces" / "hold").unlink()
    assert ended(queue, put(queue, tmp_path / "faces", tmp_path / "models"))[0] is Ending.FINISHED
    assert [path.name for path in (tmp_path / "models" / "mask").iterdir() if "staging" in path.name] == []


def test_cancelling_without_a_trainer_says_what_happens(
    redis: str,
    queue: Queue,
    start: Start,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cancelling, "PATIENCE_S", 0.3)
    trainer = start()
    job_id = put(queue, data_folder(tmp_path / "faces", hold="measuring"), tmp_path / "models")
    horse_in(queue, job_id, "measuring")
    trainer.kill()
    trainer.wait()
    assert run(["training", "cancel", job_id, redis]) == 1
    assert "no trainer heard the request" in error(capsys)


def test_a_schedule_is_set_shown_and_removed(
    redis: str, servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faces = data_folder(tmp_path / "faces")
    assert run(["train", "--every", "0 3 * * 0", "--data", str(faces), "--registry", "models", redis]) == 0
    assert lines(capsys)[0].startswith("scheduled: cron 0 3 * * 0, next at ")
    schedule = read_schedule(servers.state)
    assert schedule is not None
    assert schedule.settings["data"] == [str(faces)]
    assert run(["training", "schedule", "--json", redis]) == 0
    assert json.loads(lines(capsys)[0])["cron"] == "0 3 * * 0"
    assert run(["training", "unschedule", redis]) == 0
    assert run(["training", "schedule", redis]) == 0
    assert lines(capsys)[-1] == "no training is scheduled"


def test_a_schedule_that_is_due_is_trained_without_a_restart(
    redis: str, servers: Servers, queue: Queue, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start()
    faces, models = data_folder(tmp_path / "faces"), tmp_path / "models"
    done = put(queue, faces, models)
    ended(queue, done)
    assert run(["train", "--every", "1m", "--data", str(faces), "--registry", str(models), redis]) == 0
    schedule = read_schedule(servers.state)
    assert schedule is not None
    overdue = schedule.model_copy(update={"created_at": schedule.created_at.replace(year=2020)})
    servers.state.set("maskwatch:training:schedule", overdue.model_dump_json())
    eventually(lambda: servers.state.hget(COUNTS, "finished") == b"2", 30)


MISTAKES = {
    "no data": ("train", "--data DIR is missing"),
    "data that is missing": ("train --queue --data missing", "--data: there is no missing"),
    "following nothing queued": ("train --follow --data .", "give --queue too"),
    "a size out of range": ("train --queue --data . --alpha 1.39 --precision int4", "--precision"),
    "classes that begin otherwise": ("train --queue --data . --classes background,with_mask", "--classes"),
    "a span that is none": ("train --queue --data . --shadow soon", "--shadow is 'soon'"),
    "a rule that is none": ("train --every never --data .", "--every is 'never'"),
    "a rule out of range": ("train --every '99 * * * *' --data .", "--every is"),
    "a period too short": ("train --every 5s --data .", "--every is '5s'"),
    "weights that are missing": ("train --queue --data . --weights w.h5", "--weights: there is no w.h5"),
    "following nothing": ("training follow", "there is no training; queue one"),
    "an unknown job": ("training cancel 7", "there is no training 7"),
    "no schedule to remove": ("training unschedule", "no training is scheduled"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_queues_nothing(
    mistake: str,
    redis: str,
    servers: Servers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    command, expected = MISTAKES[mistake]
    assert run([*shlex.split(command), redis]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line
    assert servers.state.keys() == []


def test_the_command_line_starts_without_rq_and_tensorflow() -> None:
    code = "import sys, console.command; sys.exit(any(name in sys.modules for name in ('rq', 'tensorflow', 'cv2')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
