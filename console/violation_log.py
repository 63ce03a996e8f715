"""Reads violations off the state server."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import redis

from console.errors import BadInput
from console.overview import cameras
from shared.messages import Violation
from shared.streams import KeySpace

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_BLOCK_MS = 500
_FIELD = b"violation"

Position = dict[str, str]  # violation log -> the last entry seen


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


def as_json_line(violation: Violation) -> str:
    """For programs."""
    return violation.model_dump_json()


def as_line(violation: Violation) -> str:
    """For people."""
    seen_s = (violation.last_seen - violation.first_seen).total_seconds()
    when = violation.opened_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    certainty = f"{violation.confidence:.0%} sure"
    return f"{when}  {violation.camera}  {violation.state}  {certainty}, seen {seen_s:.1f} s  {violation.id}"


class ViolationLog:
    """The violations of one camera, or of all that are attached."""

    def __init__(self, state: redis.Redis, keys: KeySpace, camera: str | None) -> None:
        """``camera`` may be one that was removed: what it counted stays."""
        self._state = state
        self._keys = keys
        self._camera = camera

    def _cameras(self) -> list[str]:
        return [self._camera] if self._camera else [camera.id for camera in cameras(self._state)]

    def listed(self, since: datetime | None) -> list[Violation]:
        """Those opened since then, oldest first."""
        found = []
        for camera in self._cameras():
            values = self._state.hvals(self._keys.violations(camera))
            found += [Violation.model_validate_json(value) for value in values]
        recent = (each for each in found if since is None or each.opened_at >= since)
        return sorted(recent, key=lambda each: (each.opened_at, each.id))

    def end(self) -> Position:
        """Where ``follow`` begins when only news are wanted."""
        return {key: self._last_id(key) for key in map(self._keys.violation_log, self._cameras())}

    def _last_id(self, key: str) -> str:
        newest = cast("list[tuple[bytes, object]]", self._state.xrevrange(key, count=1))
        return newest[0][0].decode() if newest else "0-0"

    def follow(self, position: Position) -> Iterator[Violation]:
        """Each change of a violation as it comes, also of cameras attached meanwhile; never ends."""
        while True:
            for key in map(self._keys.violation_log, self._cameras()):
                position.setdefault(key, "0-0")
            yield from self._news(position)

    def _news(self, position: Position) -> Iterator[Violation]:
        # redis-py waits for ever on an empty list of streams, so at least one key is always named.
        streams = position or {self._keys.violation_log("none"): "0-0"}
        answer = self._state.xread(dict(streams), block=_BLOCK_MS)  # type: ignore[arg-type]
        for key, chunks in cast("dict[bytes, list[list[tuple[bytes, dict[bytes, bytes]]]]]", answer).items():
            for entry_id, fields in (entry for chunk in chunks for entry in chunk):
                position[key.decode()] = entry_id.decode()
                yield Violation.model_validate_json(fields[_FIELD])

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
