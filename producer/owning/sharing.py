"""How many cameras this producer runs: producers share them out evenly and leave none without one."""

import math
from collections.abc import Collection

_ORPHANED_S = 1.0  # a camera that nobody took for so long is taken above the share too
_SURPLUS_S = 2.0  # a share that was exceeded for so long was not exceeded by a passing wobble


class Share:
    """What one producer does as cameras and producers come and go. Instants are in monotonic seconds."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self._free_since: dict[str, float] = {}
        self._above_since: float | None = None

    def to_take(self, free: Collection[str], held: int, share: int, now: float) -> list[str]:
        """Which of the cameras without an owner to take, by id, where ``held`` are run here already."""
        self._free_since = {camera: self._free_since.get(camera, now) for camera in sorted(free)}
        orphans = [camera for camera, since in self._free_since.items() if now - since > _ORPHANED_S]
        within_share = list(self._free_since)[: max(0, share - held)]
        return list(dict.fromkeys([*within_share, *orphans]))

    def surplus(self, held: int, share: int, now: float) -> int:
        """How many cameras to leave to the others."""
        if held <= share or any(now - since > _ORPHANED_S for since in self._free_since.values()):
            self._above_since = None
            return 0
        self._above_since = now if self._above_since is None else self._above_since
        if now - self._above_since <= _SURPLUS_S:
            return 0
        self._above_since = None
        return held - share


def fair_share(cameras: int, producers: int) -> int:
    """How many cameras each producer runs at most."""
    return math.ceil(cameras / max(1, producers))
