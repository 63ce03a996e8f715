"""How many more cameras fit on some machines: arithmetic without servers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations

# The share of a machine's cores that may be used. In a queue for two cores one waits 1.0 times as long as the work
# takes with 70% of them in use, 2.6 times with 85%, 4.3 times with 90% and 9.3 times with 95%.
CEILING = 0.85


@dataclass(frozen=True)
class Machine:
    """One machine, in cores: those that it has, and those in use by each role of ours and by all else there."""

    cores: int
    roles: Mapping[str, float] = field(default_factory=dict)  # 0 where a process of the role is there and does nothing
    others: float = 0.0  # what more cameras do not add to

    @property
    def used(self) -> float:
        """Cores in use."""
        return min(self.cores, self.others + sum(self.roles.values()))

    @property
    def free(self) -> float:
        """Cores that more cameras may use."""
        return max(0.0, CEILING * self.cores - self.used)


def cores_per_camera(machines: Iterable[Machine], cameras: int) -> float:
    """Of all roles on all machines, as it is with so many cameras."""
    return sum(cores for each in machines for cores in each.roles.values()) / cameras


def more_cameras(machines: Sequence[Machine], cameras: int) -> int:
    """How many more cameras fit that cost what the present ones do on average.

    A role's work can go wherever a process of that role runs. Cameras fit if the work of any roles together fits on
    the machines that have at least one of them (Hall's theorem: that is enough, too).
    """
    roles = sorted({role for each in machines for role, cores in each.roles.items() if cores > 0})
    rooms = [_room(machines, cameras, some) for some in _subsets(roles)]
    return math.floor(min(rooms, default=0.0) + 1e-9)


def _room(machines: Iterable[Machine], cameras: int, roles: Iterable[str]) -> float:
    wanted = set(roles)
    here = [each for each in machines if wanted & each.roles.keys()]
    used = sum(cores for each in here for role, cores in each.roles.items() if role in wanted)
    return sum(each.free for each in here) / (used / cameras)


def _subsets(roles: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return chain.from_iterable(combinations(roles, count) for count in range(1, len(roles) + 1))


def cores_needed(machines: Iterable[Machine], cameras: int, per_camera: float) -> float:
    """Cores to have for so many cameras that use so many each, what else runs on the machines included."""
    return (sum(each.others for each in machines) + cameras * per_camera) / CEILING


def workers_needed(frames_per_second: float, seconds_per_frame: float, cores_of_a_worker: float) -> int:
    """Workers that judge so many frames a second, each of which takes so many processor seconds."""
    return max(1, math.ceil(frames_per_second * seconds_per_frame / (CEILING * cores_of_a_worker) - 1e-9))
