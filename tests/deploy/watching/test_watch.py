"""`maskwatch watch` as an operator starts it: real programs, in processes of their own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.data_folder import DataFolder, RunInfo, this_process
from deploy.watching.watch import answers
from tests.deploy.prometheus.console import running_desk
from tests.waiting import eventually

MASKWATCH = str(Path(sys.executable).with_name("maskwatch"))
PATIENCE_S = 90.0
needs_programs = pytest.mark.skipif(
    not (shutil.which("prometheus") and shutil.which("prometheus-alertmanager")),
    reason="Prometheus and Alertmanager are not installed (Debian: prometheus prometheus-alertmanager)",
)
Ports = tuple[int, int, int]


class Watching:
    """A running `maskwatch watch` and what it said."""

    def __init__(self, data: Path, ports: Ports, *arguments: str, path: str = "") -> None:
        names = ("--prometheus-port", "--alertmanager-port", "--grafana-port")
        options = [part for name, port in zip(names, ports, strict=True) for part in (name, str(port))]
        self._said = data.parent / f"{data.name}.said"
        env = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
        with self._said.open("wb") as said:
            command = [MASKWATCH, "watch", "--data", str(data), *options, *arguments]
            self.process = subprocess.Popen(command, stdout=said, stderr=said, env=env)

    @property
    def said(self) -> str:
        return self._said.read_text()

    def says(self, text: str) -> None:
        eventually(lambda: text in self.said or self._ended(), timeout_s=PATIENCE_S)
        assert text in self.said

    def _ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    """Starts one on a data folder of the test's; it is ended in any case."""
    started: list[Watching] = []

    def start(ports: Ports, *arguments: str, path: str = "") -> Watching:
        started.append(Watching(tmp_path / "data", ports, *arguments, path=path))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


@pytest.fixture
def ports() -> Ports:
    """Three that are free."""
    with socket.socket() as first, socket.socket() as second, socket.socket() as third:
        for probe in (first, second, third):
            probe.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1], third.getsockname()[1]


@needs_programs
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_it_finds_the_system_brings_back_what_dies_and_leaves_nothing_behind(
    watch: Callable[..., Watching], ports: Ports, tmp_path: Path
) -> None:
    prometheus, alertmanager = f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}"
    with running_desk() as desk:
        desk.metrics = 'maskwatch_redis_up{server="state"} 1\n'
        seems_to_run(DataFolder(tmp_path / "data"), desk.url)
        watching = watch(ports)
        watching.says(f"watching {desk.url}; Ctrl-C stops it")
        assert f"{prometheus}/alerts" in watching.said
        eventually(lambda: "maskwatch" in healthy_jobs(prometheus), timeout_s=PATIENCE_S, interval_s=0.5)
        found = requests.get(f"{prometheus}/api/v1/alertmanagers", timeout=10).json()
        assert found["data"]["activeAlertmanagers"] == [{"url": f"{alertmanager}/api/v2/alerts"}]
        os.kill(pid_of(watching.process.pid, "prometheus"), signal.SIGKILL)
        watching.says("prometheus was killed by SIGKILL; starting it again")
        eventually(lambda: answers(f"{prometheus}/-/ready"), timeout_s=PATIENCE_S, interval_s=0.2)
    watching.says(f"no console answers at {desk.url}")
    assert watching.stop(signal.SIGINT) == 0
    assert not answers(f"{prometheus}/-/ready")
    assert not answers(f"{alertmanager}/-/ready")


@needs_programs
@pytest.mark.long
@pytest.mark.timeout(300)
def test_it_may_come_before_the_system_and_starts_grafana_where_there_is_one(
    watch: Callable[..., Watching], ports: Ports, tmp_path: Path
) -> None:
    stand_in = tmp_path / "bin" / "grafana-server"
    stand_in.parent.mkdir()
    stand_in.write_text(f'#!/bin/sh\nenv > {tmp_path}/env\necho "$@" > {tmp_path}/argv\nexec sleep 600\n')
    stand_in.chmod(0o755)
    watching = watch(ports, "--console", "http://127.0.0.1:1/", path=str(stand_in.parent))
    watching.says("no console answers at http://127.0.0.1:1; Prometheus goes on asking")
    assert f"http://127.0.0.1:{ports[2]}/dashboards" in watching.said
    eventually(lambda: (tmp_path / "argv").exists() and (tmp_path / "argv").read_text())
    assert f"PROMETHEUS_URL=http://127.0.0.1:{ports[0]}\n" in (tmp_path / "env").read_text()
    assert "--homepath=/usr/share/grafana" in (tmp_path / "argv").read_text()
    assert watching.stop(signal.SIGTERM) == 0


@needs_programs
@pytest.mark.long
@pytest.mark.timeout(240)
def test_prometheus_asks_the_console_where_it_moved(
    watch: Callable[..., Watching], ports: Ports, tmp_path: Path
) -> None:
    data = DataFolder(tmp_path / "data")
    with running_desk() as old, running_desk() as new:
        seems_to_run(data, old.url)
        watching = watch(ports)
        watching.says(f"watching {old.url}")
        seems_to_run(data, new.url)
        config = f"http://127.0.0.1:{ports[0]}/api/v1/status/config"
        eventually(lambda: new.url in requests.get(config, timeout=10).text, timeout_s=PATIENCE_S, interval_s=0.5)
        assert watching.stop(signal.SIGTERM) == 0


@needs_programs
def test_a_port_that_is_taken_is_named(watch: Callable[..., Watching], ports: Ports) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[1]))
        other.listen()
        watching = watch(ports)
        assert watching.process.wait(PATIENCE_S) == 2
    assert f"alertmanager cannot listen on port {ports[1]} of 127.0.0.1" in watching.said
    assert "Traceback" not in watching.said


@needs_programs
@pytest.mark.timeout(240)
def test_receivers_that_alertmanager_cannot_read_are_told_at_the_start(
    watch: Callable[..., Watching], ports: Ports, tmp_path: Path
) -> None:
    (tmp_path / "mine.yml").write_text("route: { receiver: nobody }\n")
    watching = watch(ports, "--alertmanager-config", str(tmp_path / "mine.yml"))
    assert watching.process.wait(PATIENCE_S) == 1
    assert re.search(r"alertmanager ended with exit code 1: .*nobody", watching.said)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--console", "nonsense"), 2, "--console nonsense is no address"),
        (("--alertmanager-config", "missing.yml"), 2, "there is no file missing.yml"),
        (("--prometheus-port", "0"), 2, "--prometheus-port"),
    ],
    ids=str,
)
def test_mistakes_are_one_line(arguments: tuple[str, ...], code: int, told: str, tmp_path: Path) -> None:
    answer = run_with_path(str(tmp_path), "watch", "--data", str(tmp_path / "data"), *arguments)
    assert answer.returncode == code
    assert told in answer.stderr


def test_without_the_programs_it_says_what_to_install(tmp_path: Path) -> None:
    answer = run_with_path(str(tmp_path), "watch", "--data", str(tmp_path / "data"))
    assert answer.returncode == 1
    assert answer.stderr.startswith(
        "maskwatch: Prometheus and Alertmanager not found (Debian: apt-get install prometheus"
    )
    assert answer.stderr.count("\n") == 1


def run_with_path(path: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "PATH": path}
    return subprocess.run([MASKWATCH, *arguments], capture_output=True, text=True, timeout=90, check=False, env=env)


def seems_to_run(data: DataFolder, console: str) -> None:
    """Say in the data folder that this process is a system with its console there."""
    data.root.mkdir(exist_ok=True)
    pid, started = this_process()
    data.write_run(
        RunInfo(
            pid=pid,
            process_started=started,
            frames_redis="unix:///none",
            state_redis="unix:///none",
            shards=1,
            console_url=console,
            registry="",
        )
    )


def healthy_jobs(prometheus: str) -> set[str]:
    targets: list[dict[str, Any]] = requests.get(f"{prometheus}/api/v1/targets", timeout=10).json()["data"][
        "activeTargets"
    ]
    return {each["labels"]["job"] for each in targets if each["health"] == "up"}


def pid_of(parent: int, name: str) -> int:
    """The child of a process that runs a program."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next(int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == name)
