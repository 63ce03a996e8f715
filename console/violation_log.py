"""Reads violations off the state server."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import redis

from console.errors import BadInput
from console.overview import cameras
from shared.messages import Violation
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
    """The violations of one camera, or of all that are attached."""

    def __init__(self, state: redis.Redis, keys: KeySpace, camera: str | None) -> None:
        """``camera`` may be one that was removed: what it counted stays."""
        self._state = state
        self._keys = keys
        self._camera = camera

    def _cameras(self) -> list[str]:
        return [self._camera] if self._camera else [camera.id for camera in cameras(self._state)]

    def find(self, violation_id: str) -> Violation | None:
        """A violation, also one of a camera that was removed."""
        of_its_id = violation_id.rsplit("-", 3)[0]  # camera, epoch, sequence, place
        for camera in dict.fromkeys([*self._cameras(), of_its_id]):
            value = cast("bytes | None", self._state.hget(self._keys.violations(camera), violation_id))
            if value:
                return Violation.model_validate_json(value)
        return None

    def snapshot(self, violation: Violation) -> bytes | None:
        """The best picture of its face, as long as it is there."""
        return cast("bytes | None", self._state.hget(self._keys.snapshot_faces(violation.camera), violation.id))

    def save_snapshot(self, violation: Violation, folder: Path) -> None:
        """Write its best picture as <id>.jpg; one that has expired leaves no file.

        Raises:
            BadInput: the folder cannot be written.
        """
        jpeg = self.snapshot(violation)
        if jpeg is None:
            return
        path = folder / (re.sub(r"[^A-Za-z0-9._-]", "-", violation.id) + ".jpg")
        try:
            path.write_bytes(jpeg)
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error.strerror}") from error
