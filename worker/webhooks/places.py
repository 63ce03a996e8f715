"""Addresses and secrets that never enter the system: the sender finds them in its environment or in files."""

import os
from collections.abc import Mapping
from pathlib import Path

from shared.webhooks import check_address, is_place

_MAX_BYTES = 65_536


class PlaceUnusable(Exception):
    """Nothing usable is there; the message says what to correct and shows nothing of it."""


def find(place: str, environment: Mapping[str, str] | None = None) -> str:
    """What stands at ``env:NAME`` or ``file:PATH``, without the blanks around it; read anew each time.

    Raises:
        PlaceUnusable: nothing does.
    """
    kind, _, where = place.partition(":")
    if kind == "env":
        found = (os.environ if environment is None else environment).get(where, "").strip()
        if not found:
            raise PlaceUnusable(f"the environment of the sending process has no {where}")
        return found
    return _read(Path(where))


def address_of(url: str) -> str:
    """The address to post to, found where it is kept.

    Raises:
        PlaceUnusable: there is none.
    """
    if not is_place(url):
        return url
    try:
        return check_address(find(url))
    except ValueError as error:
        raise PlaceUnusable(f"what {url} holds is no address: {error}") from error


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            found = file.read(_MAX_BYTES).decode().strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise PlaceUnusable(f"the file {path} cannot be read: {why}") from error
    if not found:
        raise PlaceUnusable(f"the file {path} is empty")
    return found
