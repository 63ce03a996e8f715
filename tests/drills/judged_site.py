"""A site at work, whose files must come to what they always do and whose live frames have one end each."""

import json
import os
import re
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import redis

from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import FrameHeader, FrameResult
from shared.streams import CAMERAS, HEADER, RESULT, CheckpointField, CountField
from tests.drills.drawn_people import Person, Phase, draw_people
from tests.drills.totals import KEYS, Totals, contradictions, totals
from tests.waiting import eventually

SETTINGS = {
    "EVENTS_LEASE_MS": "1000",
    "PRODUCER_LEASE_MS": "1000",
    "CLAIM_MIN_IDLE_MS": "1000",
    "CLAIM_INTERVAL_S": "0.3",
    "HEARTBEAT_INTERVAL_S": "0.5",
    "HEARTBEAT_FACES_S": "0",
    "MAX_FRAMES_IN_FLIGHT": "32",
    "VIOLATION_REARM_S": "2",
    "MOTION": "off",
    "CONSOLE_PORT": "0",
}
PEOPLE = (
    Person(190, 0.6, (Phase(3, "bare"), Phase(6, "mask"), Phase(99, "bare"))),
    Person(450, 0.6, (Phase(99, "mask"),)),
)
SECONDS = 9.0
WAIT_S = 240.0  # a machine that others use too may take as long
_ENDS = {CountField.PROCESSED, CountField.DROPPED, CountField.DEAD_LETTERED}


def draw_clip(folder: Path) -> Path:
    """What every file camera plays."""
    return draw_people(folder / "clip.mp4", PEOPLE, SECONDS)


class JudgedSite:
    """Looks at the servers of a system that runs; ``logs`` is where its processes write theirs."""

    def __init__(self, servers: Servers, clip: Path, logs: Path) -> None:
        """Each file camera that is attached plays ``clip``."""
        self.servers = servers
        self._clip = clip
        self._logs = logs
        self._said: Counter[str] = Counter()

    def attach(self, camera: str, source: str, **values: object) -> None:
        """Let the producer have a camera."""
        declared = Camera.model_validate({"id": camera, "source": source, "epoch": 1} | values)
        self.servers.state.hset(CAMERAS, camera, declared.model_dump_json())

    def detach(self, camera: str) -> None:
        """Let it stop."""
        self.servers.state.hdel(CAMERAS, camera)

    def begin_file(self, camera: str, frames: int = 5) -> None:
        """Attach a file camera and wait until some of it is judged."""
        self.attach(camera, str(self._clip))
        eventually(lambda: self.judged(camera) >= frames, timeout_s=WAIT_S)

    def finish_file(self, camera: str, timeout_s: float = WAIT_S) -> Totals:
        """Wait until the file is judged to its end; what it came to, under a name that is the same for all files."""
        done = [CheckpointField.DONE_EPOCH]
        try:
            eventually(lambda: self.servers.state.hmget(KEYS.checkpoint(camera), done) == [b"1"], timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{self.judged(camera)} frames are judged, not all; {self.log}") from error
        found = totals(self.servers.state, camera)
        assert contradictions(found) == []
        self.detach(camera)
        renamed: Totals = json.loads(json.dumps(found).replace(camera, "file"))
        return renamed

    def judged(self, camera: str) -> int:
        """How many frames of a camera have ended, of all epochs."""
        return sum(self.ends(camera).values())

    def ends(self, camera: str) -> dict[str, int]:
        """How the frames of a camera ended."""
        try:
            stored: Any = self.servers.state.hgetall(KEYS.counts(camera))
        except redis.RedisError:
            return {}
        named = {name.decode(): int(value) for name, value in stored.items()}
        return {name: value for name, value in named.items() if name.partition(":")[0] in _ENDS}

    def seconds_until_judging(self, camera: str, since: float, timeout_s: float = WAIT_S) -> float:
        """How long after a monotonic instant frames of a camera were judged again."""
        before = self.ends(camera).get(CountField.PROCESSED, 0)
        eventually(lambda: self.ends(camera).get(CountField.PROCESSED, 0) > before, timeout_s)
        return time.monotonic() - since

    @property
    def log(self) -> str:
        """What all processes said."""
        return "".join(path.read_text() for path in sorted(self._logs.glob("*.log")))

    def said_anew(self) -> Counter[str]:
        """How often each line was said since the last call, without its instant and its numbers."""
        said = Counter(re.sub(r"\d+", "#", line.partition(" ")[2]) for line in self.log.splitlines())
        anew, self._said = said - self._said, said
        return anew

    def assert_each_frame_has_one_end(self, camera: str, producer: int) -> None:
        """Pause the producer, by its process id: each number that it has sent of its last epoch has ended once."""
        os.kill(producer, signal.SIGSTOP)
        try:
            epoch, sent = eventually(lambda: self._sent(camera), timeout_s=WAIT_S) or (0, 0)
            eventually(lambda: self._ended(camera, epoch) >= sent, timeout_s=WAIT_S)
            assert self._ended(camera, epoch) == sent
        finally:
            os.kill(producer, signal.SIGCONT)

    def _sent(self, camera: str) -> tuple[int, int] | None:
        """The last epoch, and how many of its frames were sent or dropped so far."""
        frames: Any = self.servers.frames.xrange(KEYS.frames(camera))
        results: Any = self.servers.frames.xrange(KEYS.results(camera))
        headers = [FrameHeader.model_validate_json(fields[HEADER]) for _, fields in frames]
        numbers = [(each.epoch, each.sequence) for each in headers]
        told = [FrameResult.model_validate_json(fields[RESULT]) for _, fields in results]
        numbers += [(each.epoch, each.sequence) for each in told]
        return (max(numbers)[0], max(numbers)[1] + 1) if numbers else None

    def _ended(self, camera: str, epoch: int) -> int:
        stored: Any = self.servers.state.hgetall(KEYS.epoch_counts(camera, epoch))
        return sum(int(n) for name, n in stored.items() if name.decode().partition(":")[0] in _ENDS)
