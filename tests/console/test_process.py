"""`python -m console` as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from shared import heartbeats
from shared.connections import Servers
from tests.console.builders import a_camera, attach
from tests.waiting import eventually

CONSOLE = [sys.executable, "-m", "console"]


def settings(url: str, **others: str) -> dict[str, str]:
    given = {"FRAMES_REDIS": url, "STATE_REDIS": url, "CONSOLE_PORT": "0", **others}
    return os.environ | {f"MASKWATCH_{name}": value for name, value in given.items()}


def test_it_serves_the_system_s_metrics_and_leaves_when_asked(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    attach(servers, a_camera())
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(CONSOLE, env=settings(redis_url), stderr=log)
    try:
        (info,) = eventually(lambda: heartbeats.read(servers.state), timeout_s=30)
        pages = {}
        for page in ("metrics", "healthz", "readyz"):
            with urlopen(f"{info.metrics_url.removesuffix('/metrics')}/{page}") as answer:  # noqa: S310 - on this machine
                pages[page] = answer.read().decode()
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(20)
    assert code == 0
    assert info.role == "console"
    assert 'maskwatch_violations_total{camera="gate"} 0.0' in pages["metrics"]
    assert (pages["healthz"], pages["readyz"]) == ("ok\n", "ready\n")
    assert heartbeats.read(servers.state) == []


def test_a_server_that_is_away_at_the_start_and_a_taken_port_are_one_line_each(redis_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for env, expected in (
            (settings("redis://127.0.0.1:1"), "no Redis server answers"),
            (settings(redis_url, CONSOLE_PORT=port), f"port {port}"),
        ):
            done = subprocess.run(CONSOLE, env=env, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 2
            assert len(done.stderr.splitlines()) == 1
            assert expected in done.stderr
