"""All containers of one node as the manifests tell them: settings, users, probes and volumes, without a cluster."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.compose import credentials
from tests.deploy import contained
from tests.deploy.contained import needs_containing
from tests.deploy.k8s.conduct import variables
from tests.deploy.k8s.manifests import K8S, Document, Site, needs_kubectl, rendered
from tests.deploy.k8s.test_servers import running as running_server
from tests.producer.servers import free_port
from tests.waiting import eventually

pytestmark = [needs_kubectl, needs_containing, pytest.mark.long, pytest.mark.timeout(400)]
START_S = 90.0
MASKWATCH = str(Path(sys.executable).with_name("maskwatch"))
ROLES = ("console", "producer", "worker", "events", "trainer")


class Node:
    """Both servers with their users, and folders where the pods' volumes are."""

    def __init__(self, folder: Path, ports: Mapping[str, int], site: Site) -> None:
        self.folder = folder
        self._servers = ports
        self._site = site
        self._places = {"/var/lib/maskwatch": folder / "volumes", "/etc/maskwatch": folder / "mounted"}

    def start(self, role: str, container: Document, *instead: str) -> tuple["subprocess.Popen[str]", str]:
        """A container and where its probes are; it may do what ``instead`` says, as `kubectl exec` has it do."""
        told = variables(self._site, container) | self._secret(role)
        port = free_port()
        told["MASKWATCH_CONSOLE_PORT" if role == "console" else "MASKWATCH_METRICS_PORT"] = str(port)
        told["MASKWATCH_MODEL_CACHE"] = "/tmp/cache"  # noqa: S108 - its own, in there
        placed = {name: self._placed(value) for name, value in told.items()}
        command = instead or (sys.executable, *container["command"][1:])
        process = contained.start(command, placed, self.folder / "volumes")
        return process, f"http://127.0.0.1:{port}"

    def _secret(self, role: str) -> dict[str, str]:
        lines = (self.folder / "secrets" / f"{role}.env").read_text()
        for name, port in self._servers.items():
            lines = lines.replace(f"@{name}-redis:6379/", f"@127.0.0.1:{port}/")
        return dict(line.split("=", 1) for line in lines.splitlines())

    def _placed(self, value: str) -> str:
        for there, here in self._places.items():
            value = value.replace(there, str(here))
        return value


@contextmanager
def running_node(site: Site) -> Iterator[Node]:
    """A node with its volumes as Kubernetes gives them to pods: folders of their group."""
    folder = Path(tempfile.mkdtemp(prefix="mw-", dir="/var/tmp"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder)
        folder.chmod(0o755)
        credentials.make(folder / "secrets")
        for name in ("volumes/models", "volumes/pictures", "volumes/training"):
            (folder / name).mkdir(parents=True)
            os.chown(folder / name, contained.UID, contained.UID)
        for name, text in {
            "camera-key/camera.key": "A" * 43 + "=",
            "console/token": "a-token-that-is-long-enough",
        }.items():
            (folder / "mounted" / name).parent.mkdir(parents=True)
            (folder / "mounted" / name).write_text(text)
        ports = {
            name: stack.enter_context(running_server(name, folder / "secrets", folder / name))
            for name in ("frames", "state")
        }
        yield Node(folder, ports, site)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except OSError:
        return False


def test_they_count_what_a_camera_shows_and_end_when_told() -> None:
    site = Site.parsed(rendered(K8S / "overlays" / "small"))
    with running_node(site) as node, ExitStack() as stack:
        console = site.pod("console")
        filling, _ = node.start("console", console.spec["initContainers"][0])
        assert (filling.communicate(timeout=START_S)[1], filling.returncode)[1] == 0
        running = {role: node.start(role, site.pod(role).spec["containers"][0]) for role in ROLES}
        for process, _ in running.values():
            stack.callback(process.communicate)
            stack.callback(process.kill)
        for role, (process, url) in running.items():
            probe = site.pod(role).spec["containers"][0]["readinessProbe"]["httpGet"]["path"]
            eventually(lambda: answers(url + probe) or process.poll() is not None, START_S)  # noqa: B023 - asked at once
            assert process.poll() is None, process.communicate()[1]

        def command(*arguments: str) -> str:
            process, _ = node.start("console", console.spec["containers"][0], MASKWATCH, *arguments)
            said, errors = process.communicate(timeout=60)
            assert process.returncode == 0, errors
            return said

        command("camera", "add", "gate", "demo:bare")
        eventually(lambda: violations(json.loads(command("status", "--json"))) == 1, 180, 1)
        for process, _ in running.values():
            process.send_signal(signal.SIGTERM)
        ended = {
            role: (process.communicate(timeout=60)[1], process.returncode) for role, (process, _) in running.items()
        }
        assert {role: code for role, (_, code) in ended.items()} == dict.fromkeys(ROLES, 0)
        assert [each for each, _ in ended.values() if "Traceback" in each or "NOPERM" in each] == []
        assert list((node.folder / "volumes" / "pictures").rglob("*.jpg"))


def violations(status: dict[str, Any]) -> int:
    return int(status["cameras"]["gate"]["violations"])
