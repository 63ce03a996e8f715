"""Reads violations off the state server."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import redis

from console.errors import BadInput, Unavailable
from console.overview import cameras
from shared.messages import Violation
from shared.snapshot_store import Kind, SnapshotStore, StoreUnreachable
from shared.streams import KeySpace

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_since(text: str, now: datetime, option: str = "--since") -> datetime:
    """An instant, or how long before ``now``; ``option`` is named in the error.

    Raises:
        BadInput: the text is neither.
    """
    ago = re.fullmatch(r"(\d{1,6})([smhd])", text)
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return datetime.fromisoformat(text).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        raise BadInput(
            f"{option} {text!r} is neither a duration such as 2h nor an instant such as 2026-11-23T08:00"
        ) from None


class ViolationLog:
    """The violations of all cameras, and their pictures."""

    def __init__(self, state: redis.Redis, keys: KeySpace, store: SnapshotStore | None = None) -> None:
        """``store`` is that of the pictures, where there is one."""
        self._state = state
        self._keys = keys
        self._store = store

    def _cameras(self) -> list[str]:
        return [camera.id for camera in cameras(self._state)]

    def find(self, violation_id: str) -> Violation | None:
        """A violation, also one of a camera that was removed."""
        of_its_id = violation_id.rsplit("-", 3)[0]  # camera, epoch, sequence, place
        for camera in dict.fromkeys([*self._cameras(), of_its_id]):
            value = cast("bytes | None", self._state.hget(self._keys.violations(camera), violation_id))
            if value:
                return Violation.model_validate_json(value)
        return None

    def snapshot(self, violation: Violation, kind: Kind = Kind.FACE) -> bytes | None:
        """The best picture of its face, or of all that the camera saw, as long as it is there.

        Raises:
            Unavailable: the store cannot be reached.
        """
        try:
            stored = self._store.read(violation, kind) if self._store else None
        except StoreUnreachable as error:
            raise Unavailable(str(error)) from error
        if stored is not None or kind is Kind.FRAME:
            return stored
        # What is not written yet: others' faces may still be in it, so nobody is shown it but as a last resort.
        return cast("bytes | None", self._state.hget(self._keys.snapshot_faces(violation.camera), violation.id))

    def save_snapshot(self, violation: Violation, folder: Path) -> None:
        """Write its best pictures as <id>.jpg and <id>.frame.jpg; what has expired leaves no file.

        Raises:
            BadInput: the folder cannot be written.
            Unavailable: the store cannot be reached.
        """
        name = re.sub(r"[^A-Za-z0-9._-]", "-", violation.id)
        for kind, suffix in ((Kind.FACE, ".jpg"), (Kind.FRAME, ".frame.jpg")):
            jpeg = self.snapshot(violation, kind)
            if jpeg is not None:
                write_picture(folder / (name + suffix), jpeg)


def write_picture(path: Path, jpeg: bytes) -> None:
    """Write a picture of a person, for its owner alone.

    Raises:
        BadInput: the file cannot be written.
    """
    try:
        path.touch(mode=0o600)
        path.write_bytes(jpeg)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
