"""Declares areas, changes and removes them; events workers follow within a second."""

from collections.abc import Collection, Sequence
from typing import cast

import redis
from pydantic import ValidationError

from console.durations import seconds
from console.errors import AlreadyThere, BadInput, NotFound
from console.overview import cameras
from shared.areas import DEFAULT_WINDOW_S, MAX_AREAS, Area
from shared.streams import AREAS, AreaKeys


def window_s(text: str | None) -> float | None:
    """The seconds of an option.

    Raises:
        BadInput: it is no span.
    """
    return None if text is None else seconds(text, "--window")


def add(state: redis.Redis, name: str, members: Sequence[str], window_s: float | None) -> Area:
    """Count what these cameras see as one from now on.

    Raises:
        AlreadyThere: the name is taken.
        BadInput: it is none, a camera is not attached, there are too few or too many.
    """
    if state.hexists(AREAS, name):
        raise AlreadyThere(f"there is an area {name!r} already; change it with `maskwatch area set {name}`")
    if state.hlen(AREAS) >= MAX_AREAS:
        raise BadInput(f"there are {MAX_AREAS} areas already, which is the most")
    joined = dict.fromkeys(_attached(state, members), _now_ms(state))
    return _declare(state, name, joined, DEFAULT_WINDOW_S if window_s is None else window_s)


def change(state: redis.Redis, name: str, members: Sequence[str], window_s: float | None) -> Area:
    """Give an area other cameras or another window; a camera that joins is counted from now on.

    Raises:
        BadInput: as ``add``, or there is no such area.
    """
    area = find(state, name)
    joined = area.cameras
    if members:
        now_ms = _now_ms(state)
        joined = {camera: area.cameras.get(camera, now_ms) for camera in _attached(state, members)}
    return _declare(state, name, joined, area.window_s if window_s is None else window_s)


def remove(state: redis.Redis, name: str) -> None:
    """Count it no longer; what was counted stays.

    Raises:
        BadInput: there is no such area.
    """
    if not state.hexists(AREAS, name):
        raise _unknown(state, name)
    keys = AreaKeys(name)
    with state.pipeline(transaction=True) as transaction:
        transaction.hdel(AREAS, name)
        transaction.delete(keys.members, keys.checkpoint)
        transaction.execute()


def find(state: redis.Redis, name: str) -> Area:
    """One area.

    Raises:
        BadInput: there is none of that name, or what is stored of it cannot be understood.
    """
    stored = state.hget(AREAS, name)
    if stored is None:
        raise _unknown(state, name)
    try:
        return Area.model_validate_json(stored)
    except ValidationError as error:
        raise BadInput(f"what is stored of area {name!r} cannot be understood: remove it and add it again") from error


def _unknown(state: redis.Redis, name: str) -> NotFound:
    names = ", ".join(sorted(each.decode(errors="replace") for each in cast("list[bytes]", state.hkeys(AREAS))))
    return NotFound(f"there is no area {name!r}; there are {names or 'none'}")


def _declare(state: redis.Redis, name: str, joined: dict[str, int], window_s: float) -> Area:
    try:
        area = Area(name=name, cameras=joined, window_s=window_s)
    except ValidationError as error:
        raise BadInput(f"area {name!r}: {_why(error)}") from error
    state.hset(AREAS, name, area.model_dump_json())
    return area


def _why(error: ValidationError) -> str:
    first = error.errors()[0]
    return {
        "name": "a name is lower-case letters, digits, - and _",
        "cameras": "an area has 2 to 32 cameras",
        "window_s": "a window is 0 to 300 seconds",
    }.get(str(first["loc"][0]), first["msg"])


def _attached(state: redis.Redis, members: Sequence[str]) -> Collection[str]:
    known = {camera.id for camera in cameras(state)}
    for member in members:
        if member not in known:
            raise BadInput(f"there is no camera {member!r}; there are {', '.join(sorted(known)) or 'none'}")
    return dict.fromkeys(members)


def _now_ms(state: redis.Redis) -> int:
    """By the clock of the server that dates the cameras' logs."""
    seconds, microseconds = state.time()
    return seconds * 1000 + microseconds // 1000
