"""The images built and started for real, as far as that goes without an engine (see ``building``).

The role's process must come up with nothing but what its image holds, as a user without rights, on a root that it
cannot write to; its own health check must find it well; and SIGTERM must end it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.deploy.images.building import Build, command_of, health_check_of
from tests.deploy.images.closure import reached_from
from tests.deploy.images.dockerfile import ROLES
from tests.deploy.images.test_dockerfile import runs
from tests.waiting import eventually

UNSHARE = shutil.which("unshare")


def may_mount() -> bool:
    if UNSHARE is None or os.geteuid() != 0 or shutil.which("setpriv") is None:
        return False
    return subprocess.run([UNSHARE, "--mount", "true"], check=False, capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not may_mount(), reason="needs root, unshare and setpriv, to mount what an engine would mount"),
]

_WRITES_NOWHERE = "for folder in / /opt/maskwatch /var/lib/maskwatch; do touch $folder/x 2>/dev/null && exit 99; done"
_IMPORTS = "import importlib, sys; [importlib.import_module(each) for each in sys.argv[1:]]"
_BUILT_WITHIN_S = 1500.0  # installing takes a minute or two on an idle machine


def a_free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


@contextmanager
def a_container(
    role: str, command: list[str], volumes: dict[str, Path], env: dict[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    """An image, built and started; ended at the end."""
    work = Path(tempfile.mkdtemp(prefix="mw-", dir="/tmp"))
    script = Build(work).script(role, command, volumes, env)
    with (work.parent / f"{work.name}.log").open("w+") as log:
        process = subprocess.Popen(
            [str(UNSHARE), "--mount", "--propagation", "private", "sh", "-c", script], stdout=log, stderr=log, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            log.seek(0)
            print(log.read()[-4000:])
            shutil.rmtree(work)
            Path(log.name).unlink()


@pytest.mark.parametrize("role", ROLES)
def test_a_role_runs_with_what_its_image_holds_and_nothing_to_write_to(role: str, redis_url: str) -> None:
    server = Path(redis_url.removeprefix("unix://"))
    server.chmod(0o777)  # the image's user is not ours
    port = a_free_port()
    env = {
        **dict.fromkeys(("MASKWATCH_FRAMES_REDIS", "MASKWATCH_STATE_REDIS"), "unix:///run/redis"),
        "MASKWATCH_CONSOLE_TOKEN": "a token of some length",
        **dict.fromkeys(("MASKWATCH_METRICS_PORT", "MASKWATCH_CONSOLE_PORT"), port),
    }
    # Of the console's commands some are for other images; all that its process may need is there.
    modules = sorted(reached_from("console.__main__") if role == "console" else runs(role))
    also = "maskwatch --help && maskwatch status &&" if role == "console" else ""
    begun = f'{_WRITES_NOWHERE}; {also} python -c "{_IMPORTS}" "$@" && exec {" ".join(command_of(role))}'
    command = ["sh", "-c", begun, "sh"]
    keys = Path(tempfile.mkdtemp(prefix="mw-keys-", dir="/tmp"))
    os.chown(keys, 10001, 10001)
    volumes = {"/run/redis": server, "/var/lib/maskwatch/keys": keys}
    with a_container(role, [*command, *modules], volumes, env) as process:

        def is_well() -> bool:
            assert process.poll() is None, "it ended"
            ask = health_check_of(role)
            assert ask[0] == "python"
            return subprocess.run([sys.executable, *ask[1:]], env=env, capture_output=True, check=False).returncode == 0

        eventually(is_well, timeout_s=_BUILT_WITHIN_S, interval_s=0.5)
        eventually(lambda: requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).ok)
        assert 'version="' in requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    shutil.rmtree(keys)
