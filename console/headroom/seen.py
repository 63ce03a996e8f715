"""What an overview tells of how much each role uses, on which machine."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.headroom.room import Machine, cores_per_camera
from console.overview import Overview
from shared.cameras import CameraState
from shared.messages import ProcessInfo, ProcessLoad

# What more cameras add to; the console serves people and the trainer trains, whatever the cameras do.
ROLES = ("producer", "worker", "events")
REDIS = "redis"

_FRAMES = 50  # judged within the minute: with fewer, a few people more or less change everything
_SECONDS = 10.0  # that each process must have measured

# However many threads a worker has: for 43% of its processor time it was seen to hold the interpreter, which one thread
# at a time can, so that it cannot use many more than two cores.
_CORES_OF_A_WORKER = 2


@dataclass(frozen=True)
class Cameras:
    """The live cameras of now."""

    live: int
    away: int  # attached, and to be live again
    frames_per_second: float  # captured, of all of them together


@dataclass(frozen=True)
class Seen:
    """What the last minute told."""

    cameras: Cameras
    machines: tuple[Machine, ...]
    due_per_second: float  # frames of all cameras that are to be judged
    judged_share: float  # of these
    seconds_per_frame: float  # of a worker's processor
    cores_of_a_worker: int

    @property
    def due_per_camera(self) -> float:
        """Frames a second that are to be judged."""
        return self.due_per_second / self.cameras.live

    @property
    def cores_per_camera(self) -> float:
        """With all frames judged that are to be."""
        unjudged = (1 - self.judged_share) * self.due_per_second * self.seconds_per_frame
        return cores_per_camera(self.machines, self.cameras.live) + unjudged / self.cameras.live


@dataclass(frozen=True)
class _Process:
    """One that has measured for long enough."""

    role: str
    host: str
    load: ProcessLoad


def cameras_of(overview: Overview) -> Cameras:
    """The cameras that never end; files take what time they are given."""
    attached = [each for each in overview.cameras if not each.camera.is_lossless]
    live = [each for each in attached if each.state == CameraState.LIVE]
    return Cameras(len(live), len(attached) - len(live), sum(each.frames_per_second for each in live))


def why_unknown(overview: Overview) -> str:
    """Why nothing can be told; empty where something can."""
    if any(each.camera.is_lossless and each.state == CameraState.LIVE for each in overview.cameras):
        return "files are being judged, which take all that is free"
    if not cameras_of(overview).live:
        return "no camera is live"
    processes = _measured(overview.processes)
    silent = [role for role in ROLES if not any(each.role == role for each in processes)]
    if silent:
        return f"no {silent[0]} process has measured for {_SECONDS:.0f} s yet"
    judged = sum(each.load.frames_per_second * each.load.seconds for each in processes if each.role == "worker")
    return f"not enough seen yet: {judged:.0f} frames judged in the last minute" if judged < _FRAMES else ""


def seen(overview: Overview) -> Seen:
    """What was measured, where ``why_unknown`` has nothing to say.

    A minute may have begun with other cameras than it ends with. So what was used is taken for each frame captured
    meanwhile, and that for the frames captured now.
    """
    cameras, processes = cameras_of(overview), _measured(overview.processes)
    captured, judged, due = (_total(processes, role, "frames_per_second") for role in ROLES)
    growth = cameras.frames_per_second / captured if captured else 1.0
    return Seen(
        cameras=cameras,
        machines=_machines(processes, growth),
        due_per_second=max(judged, due) * growth,
        judged_share=judged / max(judged, due),
        seconds_per_frame=_total(processes, "worker", "cpu_cores") / judged,
        cores_of_a_worker=min(_cores_of_a_worker(each.load) for each in processes if each.role == "worker"),
    )


def _measured(processes: Sequence[ProcessInfo]) -> list[_Process]:
    return [
        _Process(each.role, each.host, each.load)
        for each in processes
        if each.load is not None and each.load.seconds >= _SECONDS
    ]


def _total(processes: Sequence[_Process], role: str, figure: str) -> float:
    return float(sum(getattr(each.load, figure) for each in processes if each.role == role))


def _machines(processes: Sequence[_Process], growth: float) -> tuple[Machine, ...]:
    hosts = sorted({each.host for each in processes if each.role in ROLES})
    return tuple(_machine([each for each in processes if each.host == host], growth) for host in hosts)


def _machine(processes: Sequence[_Process], growth: float) -> Machine:
    """What nobody of ours uses, and is not idle, others do: what is added to our roles is not theirs."""
    cores = max(each.load.cores for each in processes)
    ours = {each.role: _total(processes, each.role, "cpu_cores") for each in processes if each.role in ROLES}
    redis = [each.load.redis_cores for each in processes if each.load.redis_cores is not None]
    ours |= {REDIS: max(redis)} if redis else {}
    idle = [each.load.machine_idle for each in processes if each.load.machine_idle is not None]
    busy = cores * (1 - sum(idle) / len(idle)) if idle else 0.0
    others = max(0.0, busy - sum(ours.values()))
    return Machine(cores, {role: used * growth for role, used in ours.items()}, others)


def _cores_of_a_worker(load: ProcessLoad) -> int:
    return min(load.threads or 1, load.cores, _CORES_OF_A_WORKER)
