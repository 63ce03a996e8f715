"""Real trainings in a running system: queued, killed, queued again, published, served."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from deploy.local.data_folder import DataFolder
from shared.connections import connect
from shared.model_registry import ModelRegistry
from shared.training_jobs import Ending
from shared.training_queue import open_queue
from tests.integration.system import MASKWATCH, System, draw_clip, running
from tests.trainer.drawn import draw_data
from tests.trainer.jobs.asking import ended, horse_in, is_gone
from tests.waiting import eventually

# A training builds and converts a network: half a minute of processor time, however small the data.
pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]

TINY = ["--weights", "none", "--size", "32", "--alpha", "0.35", "--epochs", "1", "--force"]


def train(system: System, faces: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [*MASKWATCH, "train", "--queue", "--system", str(system.data), "--data", str(faces), *TINY, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.long
def test_a_killed_training_leaves_no_version_and_the_next_one_is_served(tmp_path: Path) -> None:
    clip = draw_clip(tmp_path / "bare.mp4", has_mask=False, seconds=1)
    faces = draw_data(tmp_path / "faces", per_label=40)
    with running(tmp_path / "data", "--camera", f"gate={clip}") as system:
        (trainer,) = eventually(lambda: system.processes("trainer"), timeout_s=60, interval_s=0.2)
        queue = open_queue(connect(DataFolder(system.data).running().state_redis))
        registry = ModelRegistry(system.data / "models")
        shipped = registry.versions()

        first = train(system, faces).stdout.strip()
        horse = horse_in(queue, first, "training the head")
        os.kill(trainer.pid, signal.SIGKILL)
        eventually(lambda: is_gone(horse))
        assert ended(queue, first) == (Ending.FAILED, "the trainer died while training the head")
        assert registry.versions() == shipped

        done = train(system, faces, "--follow")
        assert done.returncode == 0, done.stderr
        assert "current from now on" in done.stdout
        assert registry.versions() == [*shipped, registry.current()]
        assert registry.current() not in shipped
        eventually(lambda: [w.model_version for w in system.processes("worker")] == [registry.current()], 60)
        pids = [each.pid for each in system.processes("trainer")]
    assert all(is_gone(pid) for pid in pids)


def test_a_system_without_a_trainer_says_so_to_whoever_follows(tmp_path: Path) -> None:
    clip = draw_clip(tmp_path / "bare.mp4", has_mask=False, seconds=1)
    faces = draw_data(tmp_path / "faces", per_label=1)
    with running(tmp_path / "data", "--camera", f"gate={clip}", "--no-trainer") as system:
        eventually(lambda: system.processes("console"), timeout_s=60, interval_s=0.2)
        command = [*MASKWATCH, "train", "--queue", "--follow", "--system", str(system.data), "--data", str(faces)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as follower:
            assert follower.stderr is not None
            assert follower.stderr.readline().startswith("no trainer runs")
            follower.send_signal(signal.SIGINT)
            assert follower.wait(20) == 130
