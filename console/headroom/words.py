"""Headroom in words."""

from collections.abc import Sequence

from console.headroom.forecast import Headroom


def sentences(found: Headroom, workers: int, asked: Sequence[int] = ()) -> list[str]:
    """What is told to people: a line for the system, on which ``workers`` run, and one for each number asked for."""
    if found.unknown:
        return [f"room for more cameras: {found.unknown}"]
    return [_room(found, workers), *(_needs(found, number) for number in asked)]


def _room(found: Headroom, workers: int) -> str:
    if found.limited_by == "workers":
        idle = "not all frames are judged, and cores are idle"
        return f"room for no more cameras: {idle}; try maskwatch scale {workers + 1}"
    if found.limited_by == "overload" and found.cameras_in_all is not None:
        return f"room for no more cameras: not all frames are judged, {_needs(found, found.cameras_in_all)}"
    use = f"{found.cores_used:.1f} of {found.cores} cores are in use"
    if not found.more_cameras or found.cameras_in_all is None:
        return f"room for no more cameras: {use}"
    line = f"room for about {found.more_cameras} more {_plural(found.more_cameras, 'camera')} like these"
    needed = found.workers_needed[found.cameras_in_all]
    then = f", then with {_of(needed, 'worker')}" if needed > workers else ""
    return f"{line}{then}: {use}, {found.cores_per_camera:.2f} by each of {_of(found.cameras_now, 'camera')}"


def _needs(found: Headroom, cameras: int) -> str:
    verb = "needs" if cameras == 1 else "need"
    workers = _of(found.workers_needed[cameras], "worker")
    return (
        f"{_of(cameras, 'camera')} {verb} {workers} and {found.cores_needed[cameras]:.1f} cores; here are {found.cores}"
    )


def _of(count: int, word: str) -> str:
    return f"{count} {_plural(count, word)}"


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"
