"""Trainer processes on a real state server."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rq import Queue

from shared.connections import Servers
from shared.training_queue import open_queue

ROOT = Path(__file__).parents[3]

Trainer = subprocess.Popen[bytes]
Start = Callable[[], Trainer]


@pytest.fixture
def queue(servers: Servers) -> Queue:
    return open_queue(servers.state)


@pytest.fixture
def start(redis_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts real trainer processes whose trainings are scripted; what they log goes to trainer.log."""
    running: list[Trainer] = []
    variables = {
        "MASKWATCH_STATE_REDIS": redis_url,
        "MASKWATCH_HEARTBEAT_INTERVAL_S": "0.1",
        "MASKWATCH_TRAINER_LEASE_MS": "1000",
    }

    def started() -> Trainer:
        with (tmp_path / "trainer.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.trainer.jobs.scripted"]
            process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | variables, stdout=log, stderr=log, start_new_session=True
            )
        running.append(process)
        return process

    yield started
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait(20)
