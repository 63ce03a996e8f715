"""The whole system as a user starts it: the `maskwatch` command in processes of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2

from producer.sources.demo.scene import FPS, HEIGHT, WIDTH, draw
from shared import heartbeats
from shared.connections import connect
from shared.messages import ProcessInfo

MASKWATCH = [str(Path(sys.executable).with_name("maskwatch"))]


def draw_clip(path: Path, *, has_mask: bool, seconds: float) -> Path:
    """A clip of the demo person, lossless for its consumers: a frame for each of the feed's."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    for number in range(round(seconds * FPS)):
        writer.write(draw(has_mask, number))
    writer.release()
    return path


class System:
    """A running `maskwatch up` on a data folder of its own."""

    def __init__(self, data: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.data = data
        self._log = (data.parent / f"{data.name}.log").open("wb")
        # One worker unless a test wants more: other tests run on the same cores.
        workers = [] if "--workers" in arguments else ["--workers", "1"]
        command = [*MASKWATCH, "up", "--data", str(data), "--port", "0", *workers, *arguments]
        self.process = subprocess.Popen(
            command, stdout=self._log, stderr=subprocess.STDOUT, env=os.environ | (env or {})
        )

    @property
    def output(self) -> str:
        return Path(self._log.name).read_text(errors="replace")

    def status(self) -> dict[str, Any]:
        command = [*MASKWATCH, "status", "--json", "--data", str(self.data)]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        parsed: dict[str, Any] = json.loads(answer.stdout) if answer.returncode == 0 else {}
        return parsed

    def processes(self, role: str) -> list[ProcessInfo]:
        run_file = self.data / "run.json"
        if not run_file.exists():
            return []
        state = connect(json.loads(run_file.read_text())["state_redis"])
        try:
            return [each for each in heartbeats.read(state) if each.role == role]
        finally:
            state.close()

    def wait(self, timeout_s: float) -> int:
        return self.process.wait(timeout_s)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._log.close()


def maskwatch(*arguments: str) -> str:
    """Run a command to its end, which has to be a good one; returns what it printed."""
    answer = subprocess.run([*MASKWATCH, *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@contextmanager
def running(data: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[System]:
    """A system that is stopped at the end, whatever happens."""
    system = System(data, *arguments, env=env)
    try:
        yield system
    finally:
        system.stop()


def judge_files(folder: Path, cameras: Mapping[str, Path], *arguments: str, timeout_s: float = 300) -> dict[str, Any]:
    """Judge files to their end and return what `--json` wrote."""
    out = folder / "out.json"
    options = [part for name, path in cameras.items() for part in ("--camera", f"{name}={path}")]
    with running(folder / "data", *options, "--exit-when-done", "--json", str(out), *arguments) as system:
        assert system.wait(timeout_s) == 0, system.output
    summary: dict[str, Any] = json.loads(out.read_text())
    return summary


def assert_every_frame_is_accounted_for(camera: Mapping[str, Any]) -> None:
    """The frame equation of one camera in the summary."""
    dropped = sum(camera["frames_dropped"].values())
    assert camera["frames_captured"] == camera["frames_processed"] + dropped + camera["frames_dead_lettered"]
