"""Each process at work as the user of its role: the server refuses nothing."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from console.command import run
from deploy.redis.roles import Role
from shared import heartbeats
from shared.streams import CheckpointField, KeySpace
from tests.deploy.redis.servers import KINDS, MODULES, Guarded, guarded_server, starts
from tests.integration.system import draw_clip
from tests.waiting import eventually
from worker.classifier import SHIPPED_MODELS

PATIENCE_S = 90.0  # a busy machine takes its time to load inference libraries
KEYS = KeySpace()
COMMANDS = (
    "status", "counts --by hour", "scale 1", "camera list", "camera show gate", "camera set gate --zone 0,0,1,0,1,1",
    "camera export", "violations show {id}", "violations dismiss {id}", "violations restore {id}", "area list",
    "area remove hall", "webhook list", "webhook show desk", "webhook snooze desk --for 1h", "webhook unsnooze desk",
    "webhook remove desk", "training schedule", "training unschedule",
)  # fmt: skip
PATHS = (
    "/metrics",
    *(f"/api/v1/{each}" for each in ("system", "cameras", "violations", "counts", "trainings", "webhooks")),
)
Maskwatch = Callable[..., str]


@contextmanager
def _processes(guarded: Guarded, folder: Path, **settings: str) -> Iterator[dict[Role, "subprocess.Popen[str]"]]:
    """All processes of a system, ready; told to stop at the end."""
    with ExitStack() as stack:
        running = {}
        for role in MODULES:
            with (folder / f"{role}.log").open("wb") as log:
                running[role] = process = starts(role, guarded.url(role), log, **settings)
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
        eventually(lambda: _roles(guarded) >= set(MODULES), PATIENCE_S)
        yield running


def _roles(guarded: Guarded) -> set[str]:
    return {each.role for each in heartbeats.read(guarded.machine)}


@pytest.fixture(params=KINDS)
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Guarded]:
    """A server with the processes of a whole system, each as the user of its role."""
    settings = {
        "WORKER_THREADS": "1",
        "DETECTOR": "maskwatch",
        "REGISTRY": str(SHIPPED_MODELS),
        "SNAPSHOTS": str(tmp_path / "pictures"),
        "CAMERA_KEY_FILE": str(tmp_path / "camera.key"),
        "CONSOLE_PORT": "0",
        "HEARTBEAT_FACES_S": "2",
        "MAX_FRAME_AGE_S": "60",
    }
    with guarded_server(request.param) as guarded:
        with _processes(guarded, tmp_path, **settings) as running:
            yield guarded
        assert {role: each.returncode for role, each in running.items()} == dict.fromkeys(running, 0)
        assert guarded.refused() == []  # also of how they end


@pytest.fixture
def maskwatch(system: Guarded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Maskwatch:
    """Runs commands as the operator; each has to be a good one."""
    for server in ("FRAMES", "STATE"):
        monkeypatch.setenv(f"MASKWATCH_{server}_REDIS", system.url(Role.OPERATOR))

    def command(*arguments: str) -> str:
        code = run(arguments)
        output = capsys.readouterr()
        assert code == 0, output.err
        return output.out

    return command


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_whole_system_is_refused_nothing(system: Guarded, maskwatch: Maskwatch, tmp_path: Path) -> None:
    clip = draw_clip(tmp_path / "bare.mp4", has_mask=False, seconds=3)
    maskwatch("camera", "add", "gate", str(clip))
    maskwatch("camera", "add", "door", "rtsp://guard:hunter2@127.0.0.1:1/live")
    maskwatch("area", "add", "hall", "gate", "door")
    maskwatch("webhook", "add", "desk", "http://127.0.0.1:1/hook")
    eventually(lambda: system.machine.hget(KEYS.checkpoint("gate"), CheckpointField.DONE_EPOCH), PATIENCE_S)
    maskwatch("train", "--data", str(tmp_path), "--queue")
    maskwatch("train", "--data", str(tmp_path), "--every", "1h")
    violation = json.loads(maskwatch("violations", "--json"))["id"]
    for command in COMMANDS:
        maskwatch(*command.format(id=violation).split())
    page = next(each.metrics_url for each in heartbeats.read(system.machine) if each.role == "console")
    for path in PATHS:
        assert _get(page.replace("/metrics", path)), path
    eventually(lambda: "refused" in maskwatch("training", "list", "--json"), PATIENCE_S)
    maskwatch("violations", "erase", violation, "--yes")
    maskwatch("camera", "remove", "gate", "door")
    assert system.refused() == []


def _get(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own page
        body: bytes = answer.read()
        return body
