"""One attached camera is changed, checked as if it were new."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from console import attaching
from console.attaching import Known, Plan, Settled
from console.cameras.changes import Changes
from console.cameras.parsing import checked
from console.cameras.sources import check_source
from console.cameras.wishes import Wish, of_camera
from console.errors import NotFound
from console.finding import RunningSystem
from shared.cameras import Camera
from shared.zones import Zones


def change(system: RunningSystem, camera_id: str, changes: Changes) -> Settled:
    """Change what is given of a camera.

    Raises:
        BadInput: there is no such camera, or it cannot be so.
        CommandFailed: a login cannot be sealed.
    """

    def changed(wish: Wish) -> Wish:
        after = changes.applied_to(wish)
        if after.source == wish.source:
            return replace(checked(after), source=wish.source)
        after = checked(after)
        check_source(after)
        return after

    return _change(system, camera_id, changed)


def change_zones(system: RunningSystem, camera_id: str, change_them: Callable[[Zones], Zones]) -> Settled:
    """Change a camera's zones.

    Raises:
        BadInput: there is no such camera, or ``change_them`` finds them wrong.
    """
    return _change(system, camera_id, lambda wish: _with_checked_zones(wish, change_them(wish.zones)))


def _with_checked_zones(wish: Wish, zones: Zones) -> Wish:
    """The wish with these zones and everything else as it was.

    Raises:
        BadInput: they are too many, or two have one name.
    """
    return replace(checked(replace(wish, zones=zones)), source=wish.source)


def remove(system: RunningSystem, camera_ids: Sequence[str]) -> list[Settled]:
    """Watch cameras no more, all of them or, when one is not there, none; their counts and violations stay.

    Raises:
        NotFound: there is no such camera.
    """

    def plan(known: Known) -> Plan:
        for camera_id in camera_ids:
            if camera_id not in known:
                raise unknown(camera_id)
        return Plan([], dict.fromkeys(camera_ids))

    return attaching.settle(system.servers.state, system.keys, plan)


def known_camera(system: RunningSystem, camera_id: str) -> Camera:
    """An attached camera.

    Raises:
        NotFound: there is none with this id.
    """
    camera = attaching.find(system.servers.state, camera_id)
    if camera is None:
        raise unknown(camera_id)
    return camera


def unknown(camera_id: str) -> NotFound:
    """What is said of an id that stands for no camera."""
    return NotFound(f"there is no camera {camera_id!r}; see `maskwatch camera list`")


def _change(system: RunningSystem, camera_id: str, changed: Callable[[Wish], Wish]) -> Settled:
    def plan(known: Known) -> Plan:
        if camera_id not in known:
            raise unknown(camera_id)
        return Plan([changed(of_camera(known[camera_id]))])

    (settled,) = attaching.settle(system.servers.state, system.keys, plan)
    return settled
