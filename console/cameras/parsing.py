"""From what is written of cameras to wishes that can be fulfilled."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import get_args
from urllib.parse import urlsplit

from pydantic import ValidationError

from console.cameras import zone_texts
from console.cameras.logins import WITH_LOGIN
from console.cameras.wishes import Wish
from console.errors import BadInput
from console.paths import usable_path
from shared.cameras import (
    LOOP_PREFIX,
    LOSSLESS_KINDS,
    WATCH_PREFIX,
    Camera,
    Motion,
    SourceKind,
    Transport,
    kind_of,
)
from shared.redaction import redact
from shared.streams import HEARTBEAT_CAMERA

_RULES = {
    "id": "lower-case letters, digits, - and _, at most 63, beginning with a letter or digit",
    "fps": "a number above 0, at most 240, such as 5",
    "motion": "one of " + ", ".join(get_args(Motion)),
    "transport": "one of " + ", ".join(get_args(Transport)),
    "login": "env:NAME or file:/PATH",
    "zones": "at most 32 zones of 3 to 64 corners",
}

_LIKE_AN_ADDRESS = re.compile(r"[^/]*:/|[^/]*:[^/]*@")


def split(text: str) -> Wish:
    """``ID=SOURCE`` as it stands.

    Raises:
        BadInput: there is no ``=``.
    """
    camera_id, equals, source = text.partition("=")
    if not equals or "://" in camera_id:
        raise BadInput(f"camera {redact(text)!r} is not ID=SOURCE, such as gate=rtsp://10.0.0.9/stream")
    return Wish(camera_id, source)


def parse(text: str) -> Wish:
    """``ID=SOURCE`` as a checked wish.

    Raises:
        BadInput: there is no ``=``, or see ``checked``.
    """
    return checked(split(text))


def parse_all(texts: Sequence[str], fps: float | None = None) -> list[Wish]:
    """The wishes of a command line.

    Raises:
        BadInput: one is none, or two have one id.
    """
    wishes = [replace(parse(text), fps=fps) for text in texts]
    check_ids(wishes)
    return wishes


def check_ids(wishes: Sequence[Wish]) -> None:
    """See that an id stands for one camera only.

    Raises:
        BadInput: it does not.
    """
    ids = [each.id for each in wishes]
    for camera_id in ids:
        if ids.count(camera_id) > 1:
            raise BadInput(f"camera id {camera_id!r} is given twice")


def checked(wish: Wish) -> Wish:
    """The wish with absolute paths, since the producer runs elsewhere.

    Raises:
        BadInput: what is wrong with it, in one line.
    """
    if wish.id == HEARTBEAT_CAMERA:
        raise BadInput(f"camera id {wish.id!r} is that of Maskwatch's own heartbeat: choose another")
    if not wish.source:
        raise BadInput(f"camera {wish.id!r} has no source: give a file, a folder or an address")
    _check_address(wish)
    wish = replace(wish, source=_with_absolute_path(wish))
    try:
        Camera.model_validate({**vars(wish), "source": redact(wish.source)})
    except ValidationError as error:
        raise BadInput(_explained(wish, error)) from error
    _check_options(wish)
    return wish


def _check_address(wish: Wish) -> None:
    example = "give a file, a folder or an address such as rtsp://10.0.0.9/stream"
    if kind_of(wish.source) not in WITH_LOGIN:
        if _LIKE_AN_ADDRESS.match(wish.source.removeprefix(LOOP_PREFIX).removeprefix(WATCH_PREFIX)):
            # Not repeated: a password in what is no address would not be recognised as one.
            raise BadInput(f"camera {wish.id}: its source is no address that can be opened: {example}")
        return
    address = redact(wish.source)
    try:
        parts = urlsplit(address)
        is_sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound:
        raise BadInput(f"camera {wish.id}: {address} names no host and port: {example}")


def _with_absolute_path(wish: Wish) -> str:
    kind = kind_of(wish.source)
    prefix = {SourceKind.LOOP: LOOP_PREFIX, SourceKind.WATCH: WATCH_PREFIX}.get(kind, "")
    if not prefix and kind not in LOSSLESS_KINDS:
        return wish.source
    path = wish.source.removeprefix(prefix)
    if not path:
        what = "file" if kind is SourceKind.LOOP else "folder"
        raise BadInput(f"camera {wish.id}: {prefix} needs the path of a {what} behind it")
    return prefix + str(usable_path(path, f"camera {wish.id}: "))


def _explained(wish: Wish, error: ValidationError) -> str:
    problem = error.errors()[0]
    field_name = str(problem["loc"][0]) if problem["loc"] else ""
    if field_name == "id":
        return f"camera id {wish.id!r} is not allowed: {_RULES['id']}"
    rule = _RULES.get(field_name, problem["msg"].lower())
    return f"camera {wish.id}: {field_name} is not allowed: give {rule}"


def _check_options(wish: Wish) -> None:
    if wish.transport != "tcp" and kind_of(wish.source) is not SourceKind.RTSP:
        raise BadInput(f"camera {wish.id}: transport {wish.transport} is for rtsp:// addresses only")
    try:
        zone_texts.check_names(wish.zones)
    except BadInput as error:
        raise BadInput(f"camera {wish.id}: {error}") from error
