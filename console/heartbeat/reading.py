"""How pictures of known faces fared, as it stands on the state server."""

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

import redis

from shared.heartbeat_faces import HALVES, HeartbeatField, HeartbeatOutcome, instant
from shared.messages import Label
from shared.standing import number_in
from shared.streams import HEARTBEAT

_STALE_INTERVALS = 3
_NUMBERS = (
    HeartbeatField.INTERVAL_S,
    HeartbeatField.SINCE,
    HeartbeatField.SENT_AT,
    HeartbeatField.JUDGED_AT,
    HeartbeatField.COUNTED_AT,
    HeartbeatField.DURATION_S,
)


class HeartbeatState(StrEnum):
    """What is known of the heartbeat now."""

    OFF = "off"
    WAITING = "waiting"  # none has an outcome yet, and none is overdue
    RIGHT = "right"
    WRONG = "wrong"
    LOST = "lost"
    STALE = "stale"  # none has come through for three intervals


@dataclass(frozen=True)
class HeartbeatReading:
    """Instants are in seconds since the epoch, by the servers' clocks; ``None`` stands for not yet."""

    read_at: float
    interval_s: float | None = None
    since: float | None = None  # since when the producer that sends them does so
    sent_at: float | None = None
    judged_at: float | None = None
    counted_at: float | None = None
    duration_s: float | None = None
    last_outcome: HeartbeatOutcome | None = None
    is_right: dict[Label, bool] = field(default_factory=dict)  # of the last one that came through
    outcomes: dict[HeartbeatOutcome, int] = field(default_factory=dict)
    model_version: int = 0

    @property
    def state(self) -> HeartbeatState:
        """Where it stands: what has not come through lately tells nothing any more."""
        if self.interval_s == 0:
            return HeartbeatState.OFF
        if self._silent_s > _STALE_INTERVALS * (self.interval_s or 0):
            return HeartbeatState.STALE
        return HeartbeatState(self.last_outcome) if self.last_outcome else HeartbeatState.WAITING

    @property
    def age_s(self) -> float | None:
        """Seconds since the last one that came through was counted."""
        return None if self.counted_at is None else max(0.0, self.read_at - self.counted_at)

    @property
    def _silent_s(self) -> float:
        """Since one last came through, as far as somebody sends them."""
        last_at = max(self.counted_at or 0.0, self.since or 0.0)
        return self.read_at - last_at if last_at else 0.0

    @property
    def complaint(self) -> str:
        """What is wrong, in one line for people; empty while all is well."""
        if self.state is HeartbeatState.STALE:
            return f"heartbeat: no picture of known faces has come through for {self._silent_s:.0f} s"
        if self.state is HeartbeatState.LOST:
            return "heartbeat: the last picture of known faces was lost on its way"
        if self.state is HeartbeatState.WRONG:
            missed = [label for label, is_right in self.is_right.items() if not is_right]
            return f"heartbeat: in the last picture of known faces it was not told {' and '.join(missed)}"
        return ""


def read(state: redis.Redis) -> HeartbeatReading:
    """The heartbeat of now.

    Raises:
        redis.RedisError: the state server does not answer.
    """
    found = cast("dict[bytes, bytes]", state.hgetall(HEARTBEAT))
    told = {name.decode(errors="replace"): value for name, value in found.items()}
    last_outcome = told.get(HeartbeatField.LAST_OUTCOME, b"").decode(errors="replace")
    return HeartbeatReading(
        read_at=instant(state),
        **{name: _seconds(told.get(name)) for name in _NUMBERS},
        last_outcome=HeartbeatOutcome(last_outcome) if last_outcome in set(HeartbeatOutcome) else None,
        is_right={each: told[right] == b"1" for each in HALVES if (right := f"{HeartbeatField.RIGHT}:{each}") in told},
        outcomes={each: number_in(told.get(f"{HeartbeatField.OUTCOME}:{each}")) or 0 for each in HeartbeatOutcome},
        model_version=number_in(told.get(HeartbeatField.MODEL_VERSION)) or 0,
    )


def _seconds(value: bytes | None) -> float | None:
    """The number that a field holds; ``None`` where there is none, or one without an end."""
    try:
        seconds = float(value or b"nan")
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None
