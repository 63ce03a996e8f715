"""A site for drills: a real server, producers as processes of their own, and a record of what cameras went through."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.cameras import Camera, CaptureStatus
from shared.connections import Servers, connect_both
from shared.messages import FrameHeader, FrameResult
from shared.streams import HEADER, RESULT, KeySpace
from tests.producer.builders import attach
from tests.waiting import eventually

KEYS = KeySpace()


@dataclass
class Life:
    """What one camera went through: each change of its state with its instant, in monotonic seconds."""

    states: list[tuple[float, str]] = field(default_factory=list)
    captured: list[tuple[float, int]] = field(default_factory=list)  # frames so far, over all epochs
    producers: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)

    def since(self, instant: float) -> list[str]:
        """The states that it came into after an instant."""
        return [state for at, state in self.states if at > instant]

    def seconds_to(self, state: str, since: float) -> float | None:
        """How long after an instant it first came into a state."""
        return next((at - since for at, each in self.states if at > since and each == state), None)

    def rate(self, begin: float, end: float) -> float:
        """Frames captured a second between two instants."""
        within = [(at, captured) for at, captured in self.captured if begin <= at <= end]
        (first_at, first), (last_at, last) = within[0], within[-1]
        return (last - first) / (last_at - first_at)


class Recorder:
    """Looks at all cameras' statuses again and again."""

    def __init__(self, servers: Servers) -> None:
        """Look from now on."""
        self.lives: dict[str, Life] = {}
        self._servers = servers
        self._epochs: dict[str, dict[int, int]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            for key in self._servers.state.keys(KEYS.capture("*")):
                stored = self._servers.state.get(key)
                if isinstance(stored, bytes):
                    self._note(CaptureStatus.model_validate_json(stored))

    def _note(self, status: CaptureStatus) -> None:
        now = time.monotonic()
        life = self.lives.setdefault(status.camera, Life())
        if not life.states or life.states[-1][1] != status.state:
            life.states.append((now, status.state.value))
        epochs = self._epochs.setdefault(status.camera, {})
        epochs[status.epoch] = status.captured
        life.captured.append((now, sum(epochs.values())))
        life.producers.add(status.producer)
        life.messages.add(status.message)


class Site:
    """Producers and cameras on one server; ``end`` stops them."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        """Nothing runs yet; logs go into ``folder``."""
        self.servers = connect_both(redis_url, redis_url)
        self.servers.state.flushall()
        self.recorder = Recorder(self.servers)
        self.producers: list[subprocess.Popen[bytes]] = []
        self._redis_url = redis_url
        self.folder = folder

    @property
    def log(self) -> str:
        """What all producers logged."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("producer-*.log")))

    def life(self, camera: str) -> Life:
        """What a camera went through so far."""
        return self.recorder.lives.get(camera, Life())

    def start_producer(
        self, settings: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """One more producer; frames stay where they are so that all of them can be counted at the end."""
        variables = {
            "FRAMES_REDIS": self._redis_url,
            "STATE_REDIS": self._redis_url,
            "MAX_FRAMES_PER_CAMERA": "10000",
            "MAX_FRAME_AGE_S": "3600",
            "CAMERA_KEY_FILE": str(self.folder / "camera.key"),
        } | dict(settings or {})
        variables = {f"MASKWATCH_{name}": value for name, value in variables.items()}
        log = (self.folder / f"producer-{len(self.producers)}.log").open("wb")
        command = [sys.executable, "-m", "producer"]
        process = subprocess.Popen(command, env=os.environ | variables | dict(environment or {}), stderr=log)
        log.close()
        self.producers.append(process)
        return process

    def attach(self, camera: str, source: str, **values: object) -> Camera:
        """Let producers have a camera."""
        attached = Camera.model_validate({"id": camera, "source": source} | values)
        attach(self.servers, attached)
        return attached

    def wait_until(self, state: str, *cameras: str, timeout_s: float = 30, since: float = 0.0) -> float:
        """Wait until all of these came into a state after an instant; returns when the last one did."""
        try:
            eventually(lambda: all(state in self.life(each).since(since) for each in cameras), timeout_s)
        except AssertionError as error:
            lives = {each: (self.life(each).since(since), self.life(each).messages) for each in cameras}
            raise AssertionError(f"not all came to be {state}: {lives}; {self.log}") from error
        found = [self.life(each).seconds_to(state, since) for each in cameras]
        return since + max(each for each in found if each is not None)

    def frames(self, camera: str) -> list[FrameHeader]:
        """The headers in a camera's frames stream."""
        entries: Any = self.servers.frames.xrange(KEYS.frames(camera))
        return [FrameHeader.model_validate_json(fields[HEADER]) for _, fields in entries]

    def results(self, camera: str) -> list[FrameResult]:
        """The results in a camera's results stream: frames that the producer itself ended."""
        entries: Any = self.servers.frames.xrange(KEYS.results(camera))
        return [FrameResult.model_validate_json(fields[RESULT]) for _, fields in entries]

    def counts(self, camera: str) -> dict[str, int]:
        """What befell a camera, by field."""
        stored: Any = self.servers.state.hgetall(KEYS.capture_counts(camera))
        return {bytes(name).decode(): int(value) for name, value in stored.items()}

    def unaccounted(self, camera: str) -> list[tuple[int, int]]:
        """Epochs and numbers that were used and are neither in the frames stream nor a result, or are there twice."""
        frames = [(each.epoch, each.sequence) for each in self.frames(camera)]
        seen = sorted([*frames, *((each.epoch, each.sequence) for each in self.results(camera))])
        last = dict(seen)
        expected = [(epoch, sequence) for epoch in sorted(last) for sequence in range(last[epoch] + 1)]
        return [each for each in {*seen, *expected} if seen.count(each) != 1]

    def end(self) -> None:
        """Stop everything that runs here."""
        for process in self.producers:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        self.recorder.stop()
        self.servers.close()
