"""One clip through a system as `maskwatch up` starts it, timed from its first frame to its last count."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from console import attaching
from console.benching.processor_time import seconds_by_process
from console.benching.tying import tied_to_this
from console.cameras.wishes import Wish
from console.errors import CommandFailed
from console.finding import RunningSystem, running_system
from deploy.local.child import last_line
from deploy.local.data_folder import NothingRuns
from shared.cameras import CameraState, CaptureStatus, Motion
from shared.connections import ServerUnreachable
from shared.messages import FrameResult
from shared.settings import PREFIX
from shared.streams import RESULT, CheckpointField

WARM_UP, CLIP = "warm-up", "clip"
# Results are read when all are there; this is the largest bound that the setting takes.
MOST_FRAMES = 100_000
_POLL_S = 0.05
_PATIENCE_S = 120.0  # without any frame judged


@dataclass(frozen=True)
class Plan:
    """What a system judges: a clip, after a short one that warms it up; how, and in which folder it runs."""

    clip: Path
    warm_up: Path
    motion: Motion
    workers: int
    folder: Path


@dataclass(frozen=True)
class Pass:
    """Frames judged between two looks, the seconds between these, what each process computed; all results."""

    frames: int
    seconds: float
    cpu_seconds: Counter[str]
    results: Sequence[FrameResult]


@dataclass(frozen=True)
class _Look:
    at: float
    judged: int
    cpu_seconds: Counter[str]


def judge(plan: Plan) -> Pass:
    """Judge a clip to its end in a system of its own.

    Raises:
        CommandFailed: the system ends, cannot read the clip, or judges nothing for two minutes.
    """
    with _started(plan) as watched:
        watched.wait(lambda: watched.is_done(WARM_UP))
        attaching.attach(watched.system.servers.state, watched.system.keys, _wish(plan))
        # Not from the first result: what was read and encoded by then would be counted nowhere.
        watched.wait(watched.has_begun)
        first = watched.look()
        watched.wait(lambda: watched.is_done(CLIP))
        last = watched.look()
        cpu_seconds = Counter({name: last.cpu_seconds[name] - first.cpu_seconds[name] for name in last.cpu_seconds})
        return Pass(last.judged - first.judged, last.at - first.at, cpu_seconds, watched.results())


def _wish(plan: Plan) -> Wish:
    return Wish(CLIP, str(plan.clip.resolve()), motion=plan.motion)


class _Watched:
    """A system that runs, and what its servers tell of it."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, system: RunningSystem) -> None:
        self.system = system
        self._process = process
        self._log = log

    def wait(self, is_reached: Callable[[], bool]) -> None:
        """Look again and again until something is so, as long as the system goes on."""
        judged, moved_at = -1, time.monotonic()
        while not is_reached():
            now = time.monotonic()
            if (newly := self.judged()) != judged:
                judged, moved_at = newly, now
            if now - moved_at > _PATIENCE_S:
                raise CommandFailed(f"no frame was judged for {_PATIENCE_S:.0f} s")
            _check_runs(self._process, self._log)
            time.sleep(_POLL_S)

    def is_done(self, camera: str) -> bool:
        """Whether every frame of a camera is counted."""
        state, keys = self.system.servers.state, self.system.keys
        stored = cast("bytes | None", state.get(keys.capture(camera)))
        status = CaptureStatus.model_validate_json(stored) if stored else None
        if status is not None and status.state is CameraState.FAILED:
            raise CommandFailed(f"{camera}: {status.message}")
        declared = attaching.find(state, camera)
        done = state.hget(keys.checkpoint(camera), CheckpointField.DONE_EPOCH)
        return declared is not None and done is not None and int(done) >= declared.epoch

    def has_begun(self) -> bool:
        """Whether a frame of the clip waits for the workers."""
        return self.system.servers.frames.xlen(self.system.keys.frames(CLIP)) > 0

    def judged(self) -> int:
        """How many frames of the clip are counted."""
        key = self.system.keys.checkpoint(CLIP)
        return int(self.system.servers.state.hget(key, CheckpointField.NEXT_SEQUENCE) or 0)

    def look(self) -> _Look:
        """How far the system is, and what it has computed until now."""
        return _Look(time.monotonic(), self.judged(), seconds_by_process(self._process.pid))

    def results(self) -> list[FrameResult]:
        """All results of the clip, in the order of its frames."""
        entries = self.system.servers.frames.xrange(self.system.keys.results(CLIP))
        stored = cast("list[tuple[bytes, dict[bytes, bytes]]]", entries)
        results = [FrameResult.model_validate_json(fields[RESULT]) for _, fields in stored]
        return sorted(results, key=lambda result: result.sequence)


@contextmanager
def _started(plan: Plan) -> Iterator[_Watched]:
    command = [sys.executable, "-P", "-c", "from console.command import main; main()", "up", "--no-trainer"]
    data = plan.folder / "data"
    options = ["--data", str(data), "--port", "0", "--workers", str(plan.workers)]
    environment = os.environ | {f"{PREFIX}MAX_RESULTS_PER_CAMERA": str(MOST_FRAMES)}
    log = plan.folder / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            tied_to_this([*command, *options, "--camera", f"{WARM_UP}={plan.warm_up}"]),
            stdout=output,
            stderr=output,
            env=environment,
        )
    try:
        with _found(data, process, log) as system:
            yield _Watched(process, log, system)
    finally:
        _end(process)


@contextmanager
def _found(data: Path, process: "subprocess.Popen[bytes]", log: Path) -> Iterator[RunningSystem]:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with running_system(data, None) as system:
                yield system
                return
        except (NothingRuns, ServerUnreachable):
            _check_runs(process, log)
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_S)


def _check_runs(process: "subprocess.Popen[bytes]", log: Path) -> None:
    if process.poll() is not None:
        raise CommandFailed(f"the system ended: {last_line(log)}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
