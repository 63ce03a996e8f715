"""Cameras in a YAML file: what `maskwatch camera import` and `camera export` read and write."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from console.cameras import logins, zone_yaml
from console.cameras.keys import is_sealed
from console.cameras.parsing import check_ids, checked
from console.cameras.wishes import Wish
from console.cameras.yaml_texts import dumped, loaded, number, refuse_unknown
from console.errors import BadInput
from shared.cameras import Camera, Motion, Transport

_FIELDS = ("source", "fps", "motion", "transport", "login", "sealed", "zones")


def written(cameras: Iterable[Camera]) -> str:
    """The text of a file; a login in an address is in it only sealed."""
    return dumped({"cameras": {camera.id: _value_of(camera) for camera in cameras}})


def read(text: str) -> list[Wish]:
    """The cameras of a file.

    Raises:
        BadInput: names the camera and the field, and says what may stand there.
    """
    content = loaded(text)
    if not isinstance(content, dict):
        raise BadInput("the file begins with `cameras:`, and under it stands each camera's id")
    refuse_unknown(content, ("cameras",))
    wishes = [_wish(camera_id, value) for camera_id, value in _listed(content.get("cameras") or {})]
    check_ids(wishes)
    return wishes


def _listed(cameras: object) -> list[tuple[str, object]]:
    """Each camera's id and what is said of it, whether they stand under their ids or in a list with an ``id`` each."""
    if isinstance(cameras, dict):
        return [(str(camera_id), value) for camera_id, value in cameras.items()]
    if isinstance(cameras, list) and all(isinstance(each, dict) and "id" in each for each in cameras):
        return [(str(each["id"]), {name: each[name] for name in each if name != "id"}) for each in cameras]
    raise BadInput("cameras: under it stands each camera's id, such as `gate: {source: rtsp://10.0.0.9/stream}`")


def _value_of(camera: Camera) -> dict[str, Any]:
    values: dict[str, Any] = {
        "source": camera.source,
        "fps": camera.fps and number(camera.fps),
        "motion": camera.motion,
    }
    values["transport"] = None if camera.transport == "tcp" else camera.transport
    if camera.login:
        kind, _, where = camera.login.partition(":")
        values["login"] = {kind: where}
    values["sealed"] = camera.sealed_source or None
    values["zones"] = zone_yaml.value_of(camera.zones) or None
    return {name: value for name, value in values.items() if value is not None}


def _wish(camera_id: str, value: object) -> Wish:
    try:
        if not isinstance(value, dict):
            raise BadInput("give at least its source: {source: rtsp://10.0.0.9/stream}")
        refuse_unknown(value, _FIELDS)
        wish = _with_login(Wish(camera_id, _source(value), **_options(value)), value)
    except BadInput as error:
        raise BadInput(f"camera {camera_id}: {error}") from error
    return checked(wish)


def _source(value: Mapping[str, Any]) -> str:
    source = value.get("source")
    if isinstance(source, int) and not isinstance(source, bool):
        return str(source)  # a USB camera's number
    if not isinstance(source, str) or not source:
        raise BadInput("source: give a file, a folder, a device or an address, such as rtsp://10.0.0.9/stream")
    return source


def _options(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "fps": _fps(value.get("fps")),
        "motion": _one_of("motion", value.get("motion"), get_args(Motion)),
        "transport": _one_of("transport", value.get("transport"), get_args(Transport)) or "tcp",
        "zones": zone_yaml.zones_of(value.get("zones")),
        "sealed_source": _sealed(value.get("sealed")),
    }


def _fps(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 240:
        raise BadInput("fps: give a number above 0, at most 240, such as 5")
    return float(value)


def _one_of(field: str, value: object, allowed: tuple[str, ...]) -> str | None:
    if value is False and "off" in allowed:
        return "off"  # which is what YAML reads `off` as
    if value is not None and value not in allowed:
        raise BadInput(f"{field}: give one of {', '.join(allowed)}")
    return None if value is None else str(value)


def _sealed(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not is_sealed(value):
        raise BadInput("sealed: give the text that `maskwatch camera export` wrote")
    return value


def _with_login(wish: Wish, value: Mapping[str, Any]) -> Wish:
    if wish.sealed_source and not wish.is_hidden:
        raise BadInput("sealed: goes with a source whose login is hidden, such as rtsp://***@10.0.0.9/stream")
    if value.get("login") is None:
        return wish
    place = _login_place(value["login"])
    source, login = logins.joined(wish.source, logins.Login(place))
    return Wish(**{**vars(wish), "source": source, "login": login})


def _login_place(value: object) -> str:
    if not isinstance(value, dict) or len(value) != 1 or not isinstance(next(iter(value.values())), str):
        raise BadInput("login: give {env: NAME} or {file: /PATH}")
    refuse_unknown(value, ("env", "file"))
    if "env" in value:
        try:
            return logins.variable(value["env"])
        except BadInput as error:
            raise BadInput(
                "login: env is the name of a variable that holds user:password, such as GATE_LOGIN"
            ) from error
    if not value["file"].startswith("/"):
        raise BadInput("login: file is an absolute path, such as /run/secrets/gate")
    return f"file:{Path(value['file'])}"
