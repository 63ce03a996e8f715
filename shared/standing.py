"""How far a camera is judged, as those read it who do not judge it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from shared.streams import CheckpointField

STANDING = (CheckpointField.EPOCH, CheckpointField.NEXT_SEQUENCE, CheckpointField.DONE_EPOCH)
_NUMBER = re.compile(rb"-?[0-9]{1,16}")  # more than there are frames, and few enough for any server to count


class Standing(NamedTuple):
    """The fields ``STANDING`` of a camera's checkpoint; -1 where there is none yet, or none that is a number."""

    epoch: int = -1
    next_sequence: int = -1
    done_epoch: int = -1


def standing(values: Sequence[bytes | str | None]) -> Standing:
    """What a server answered when asked for the fields ``STANDING``."""
    numbers = map(number_in, values)
    return Standing(*(-1 if number is None else number for number in numbers))


def number_in(value: bytes | str | None) -> int | None:
    """The whole number that a value of a server is."""
    return int(value) if isinstance(value, bytes) and _NUMBER.fullmatch(value) else None
