"""News of violations as they come: opened, updated, ended, dismissed, restored."""

from collections.abc import Iterator, Sequence
from typing import cast

import redis
from pydantic import ValidationError

from console.errors import BadInput
from console.violations.records import Record, Records, parsed_dismissal
from shared.messages import Violation
from shared.streams import KeySpace

_BLOCK_MS = 500
_FIELD = b"violation"

_Dismissals = dict[bytes, bytes]


class Follower:
    """Follows cameras, or all that are attached, also those attached meanwhile, from now on."""

    def __init__(self, state: redis.Redis, keys: KeySpace, cameras: Sequence[str] = ()) -> None:
        """What happens after this will be told.

        Raises:
            redis.RedisError: the server does not answer.
        """
        self._state = state
        self._keys = keys
        self._asked = cameras
        self._records = Records(state, keys)
        self._position = {keys.violation_log(camera): self._last_id(camera) for camera in self._cameras()}
        self._dismissals = {camera: self._dismissed(camera) for camera in self._cameras()}

    def news(self) -> Iterator[Record]:
        """Each change as it comes; never ends."""
        while True:
            yield from self.next()

    def next(self) -> list[Record]:
        """The next changes; none where there are none for half a second."""
        return self._changed() + self._judged_by_people()

    def _cameras(self) -> Sequence[str]:
        return self._asked or self._records.cameras()

    def _last_id(self, camera: str) -> str:
        newest = cast("list[tuple[bytes, object]]", self._state.xrevrange(self._keys.violation_log(camera), count=1))
        return newest[0][0].decode() if newest else "0-0"

    def _dismissed(self, camera: str) -> _Dismissals:
        return cast("_Dismissals", self._state.hgetall(self._keys.dismissals(camera)))

    def _changed(self) -> list[Record]:
        for camera in self._cameras():
            self._position.setdefault(self._keys.violation_log(camera), "0-0")
        # redis-py waits for ever on an empty list of streams, so at least one key is always named.
        streams = self._position or {self._keys.violation_log("none"): "0-0"}
        answer = self._state.xread(dict(streams), block=_BLOCK_MS)  # type: ignore[arg-type]
        found = cast("dict[bytes, list[list[tuple[bytes, dict[bytes, bytes]]]]]", answer or {})
        changes = []
        for key, chunks in found.items():
            for entry_id, fields in (entry for chunk in chunks for entry in chunk):
                self._position[key.decode()] = entry_id.decode()
                changes += self._parsed(fields.get(_FIELD, b""))
        return changes

    def _parsed(self, value: bytes) -> list[Record]:
        try:
            violation = Violation.model_validate_json(value)
        except ValidationError:  # not ours; the list says how many records are unreadable
            return []
        said = self._dismissals.get(violation.camera, {}).get(violation.id.encode())
        return [Record(violation, parsed_dismissal(said) if said else None)]

    def _judged_by_people(self) -> list[Record]:
        changed: list[str] = []
        for camera in self._cameras():
            before, now = self._dismissals.get(camera, {}), self._dismissed(camera)
            changed += [each.decode() for each in {*before, *now} if before.get(each) != now.get(each)]
            self._dismissals[camera] = now
        return [record for each in sorted(changed) for record in self._still_there(each)]

    def _still_there(self, violation_id: str) -> list[Record]:
        try:
            return self._records.find([violation_id])
        except BadInput:  # its dismissal went with it
            return []
