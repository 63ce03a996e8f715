"""Reads the records of violations with what a person said of them, some at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import ValidationError

from console.errors import NotFound
from shared.messages import Dismissal, Violation
from shared.streams import CAMERAS, KeySpace

_A_SCAN = 1_000  # fields; a long hash must not hold up the server for all others


@dataclass(frozen=True)
class Record:
    """A violation, and its dismissal if it was dismissed."""

    violation: Violation
    dismissal: Dismissal | None = None


class Records:
    """The records of a system. ``unreadable`` counts those that were passed over since it was made."""

    def __init__(self, state: redis.Redis, keys: KeySpace) -> None:
        """Read nothing yet."""
        self.unreadable = 0
        self._state = state
        self._keys = keys

    def cameras(self) -> list[str]:
        """The attached ones, by id."""
        return sorted(_text(each) for each in self._state.hkeys(CAMERAS))

    def cameras_ever(self) -> list[str]:
        """Those of which there are violations and those that are attached, by id."""
        prefix = self._keys.violations("").split("{")[0]
        found = self._state.scan_iter(match=f"{prefix}{{s*}}:violations:*", count=10_000)
        return sorted({*self.cameras(), *(_text(each).rpartition(":")[2] for each in found)})

    def of(self, cameras: Sequence[str]) -> Iterator[Record]:
        """All records of cameras, in no order.

        Raises:
            redis.RedisError: the server does not answer.
        """
        for camera in cameras:
            dismissals = cast("dict[bytes, bytes]", self._state.hgetall(self._keys.dismissals(camera)))
            for violation_id, value in self._scan(self._keys.violations(camera)).items():
                record = self._parsed(value, dismissals.get(violation_id))
                if record is not None:
                    yield record

    def find(self, ids: Sequence[str]) -> list[Record]:
        """These records, in the order of their ids; also of cameras that were removed.

        Raises:
            BadInput: there is no such violation.
        """
        attached = self.cameras()
        return [self._find(each, attached) for each in dict.fromkeys(ids)]

    def _find(self, violation_id: str, attached: Sequence[str]) -> Record:
        of_its_id = violation_id.rsplit("-", 3)[0]  # camera, epoch, sequence, place
        for camera in dict.fromkeys([of_its_id, *attached]):
            value = cast("bytes | None", self._state.hget(self._keys.violations(camera), violation_id))
            dismissal = cast("bytes | None", self._state.hget(self._keys.dismissals(camera), violation_id))
            record = self._parsed(value, dismissal) if value else None
            if record is not None:
                return record
        raise NotFound(f"there is no violation {violation_id!r}; see `maskwatch violations`")

    def _scan(self, key: str) -> dict[bytes, bytes]:
        # A scan may give a field twice while the hash grows.
        return dict(cast("Iterable[tuple[bytes, bytes]]", self._state.hscan_iter(key, count=_A_SCAN)))

    def _parsed(self, value: bytes, dismissal: bytes | None) -> Record | None:
        try:
            return Record(Violation.model_validate_json(value), parsed_dismissal(dismissal) if dismissal else None)
        except ValidationError:
            self.unreadable += 1
            return None


def parsed_dismissal(value: bytes) -> Dismissal:
    """A dismissal off the server."""
    return Dismissal.model_validate_json(value)


def in_order(records: Iterable[Record]) -> list[Record]:
    """Oldest first."""
    return sorted(records, key=lambda each: (each.violation.opened_at, each.violation.id))


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
