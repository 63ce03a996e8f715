import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest

from shared import heartbeats
from shared.connections import Servers
from tests.producer.builders import a_camera, a_clip, attach, judge, sequences_of, state_of, status_of
from tests.producer.servers import free_port
from tests.waiting import eventually


@contextmanager
def _process(redis_url: str, log: Path, **settings: str) -> "Iterator[subprocess.Popen[bytes]]":
    variables = {"FRAMES_REDIS": redis_url, "STATE_REDIS": redis_url} | settings
    environment = os.environ | {f"MASKWATCH_{name}": value for name, value in variables.items()}
    with log.open("ab") as errors:
        process = subprocess.Popen([sys.executable, "-m", "producer"], env=environment, stderr=errors)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_killed_in_the_middle_of_a_file_it_goes_on_and_no_frame_is_missing(
    servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    attach(servers, a_camera(source=str(a_clip(tmp_path / "clip.mp4", frames=100))))
    limits = {"MAX_FRAMES_IN_FLIGHT": "20", "PRODUCER_LEASE_MS": "500"}
    for judged in (10, 25):
        with _process(redis_url, tmp_path / "log", **limits) as process:
            eventually(partial(_has_come_to, servers, judged), timeout_s=20)
            judge(servers, next_sequence=judged)
            process.send_signal(signal.SIGKILL)
            process.wait()
    with _process(redis_url, tmp_path / "log", MAX_FRAMES_IN_FLIGHT="500", PRODUCER_LEASE_MS="500"):
        eventually(lambda: (status := status_of(servers)) and status.has_ended, timeout_s=20)
    assert sorted(set(sequences_of(servers))) == list(range(100))


def _has_come_to(servers: Servers, sequence: int) -> bool:
    return sequence in sequences_of(servers)


def test_sigterm_ends_it_cleanly(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    attach(servers, a_camera())
    with _process(redis_url, tmp_path / "log") as process:
        eventually(lambda: state_of(servers) == "live", timeout_s=20)
        (info,) = eventually(lambda: heartbeats.read(servers.state))
        with urlopen(info.metrics_url) as answer:  # noqa: S310 - our own probes
            metrics = answer.read().decode()
        process.terminate()
        assert process.wait(10) == 0
    assert 'maskwatch_stage_items_total{direction="out",stage="publish"}' in metrics
    assert state_of(servers) == "stopped"
    assert heartbeats.read(servers.state) == []


def test_a_password_appears_in_no_log_status_or_heartbeat(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    for camera, source in (
        ("rtsp", f"rtsp://guard:hunter2@127.0.0.1:{free_port()}/live"),
        ("http", f"http://guard:hunter2@127.0.0.1:{free_port()}/live?token=hunter2"),
        ("demo", "demo:bare"),
    ):
        attach(servers, a_camera(camera, source=source))
    with _process(redis_url, tmp_path / "log", LOG_LEVEL="DEBUG") as process:
        eventually(lambda: state_of(servers, "rtsp") == state_of(servers, "http") == "backing_off", timeout_s=20)
        eventually(lambda: state_of(servers, "demo") == "live")
        process.terminate()
        process.wait(10)
    log = (tmp_path / "log").read_text()
    assert "nothing listens" in log
    everything = log + "".join(str(status_of(servers, each)) for each in ("rtsp", "http"))
    assert "hunter2" not in everything


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"JPEG_QUALITY": "200"}, "MASKWATCH_JPEG_QUALITY"),
        ({"JPEG_QUALTIY": "90"}, "did you mean MASKWATCH_JPEG_QUALITY"),
        ({"STATE_REDIS": "redis://guard:hunter2@127.0.0.1:1/0"}, "no Redis server answers"),
    ],
)
def test_it_says_in_one_line_why_it_cannot_start(
    redis_url: str, tmp_path: Path, settings: dict[str, str], complaint: str
) -> None:
    with _process(redis_url, tmp_path / "log", **settings) as process:
        assert process.wait(20) == 2
    log = (tmp_path / "log").read_text()
    assert complaint in log
    assert log.count("\n") == 1
    assert "hunter2" not in log
