"""Counts as they were written: one hash, or the sum of several."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.streams import CountField


@dataclass(frozen=True)
class Counts:
    """One counts hash (see ``CountField`` and ``CaptureCountField``)."""

    values: Mapping[str, int]

    def of(self, field: str, detail: str = "") -> int:
        """One count, 0 when it was never raised."""
        return self.values.get(f"{field}:{detail}" if detail else field, 0)

    def by_detail(self, field: str) -> dict[str, int]:
        """The counts of a field by what stands behind its colon."""
        prefix = f"{field}:"
        return {name.removeprefix(prefix): n for name, n in sorted(self.values.items()) if name.startswith(prefix)}

    def total(self, field: str) -> int:
        """The sum of a field over all that stands behind its colon."""
        return sum(self.by_detail(field).values())

    @property
    def judged(self) -> int:
        """Frames that ended, in whichever way."""
        return self.of(CountField.PROCESSED) + self.total(CountField.DROPPED) + self.total(CountField.DEAD_LETTERED)


def parsed(values: Mapping[bytes, bytes]) -> Counts:
    """A hash as the server gives it; a field that holds no number, which nobody of ours writes, is passed over."""
    return Counts({name.decode(errors="replace"): int(value) for name, value in values.items() if _is_number(value)})


def summed(several: Iterable[Counts]) -> Counts:
    """All of them together."""
    total: Counter[str] = Counter()
    for each in several:
        total.update(each.values)
    return Counts(total)


def _is_number(value: bytes) -> bool:
    return value.removeprefix(b"-").isdigit() and len(value) <= 19  # 64 bits
