"""How far bursts of known faces are decided, and the one transaction that moves it on.

Outcome, place in the results stream and the number of the last burst change together or not at all, and only while
the lease's token is the newest. So a burst has one outcome, whoever dies when.
"""

import re
from dataclasses import dataclass
from typing import Any, cast

import redis
from redis.client import Pipeline

from shared import leases
from shared.heartbeat_faces import HeartbeatField, HeartbeatOutcome, instant
from shared.leases import Lease, LeaseLost
from shared.standing import number_in
from shared.streams import HEARTBEAT
from worker.events.heartbeat.burst import Answer

_ENTRY_ID = re.compile(rb"[0-9]{1,20}-[0-9]{1,20}")
_START = "0-0"


@dataclass(frozen=True)
class Standing:
    """What is stored: numbers of the last burst that was sent and of the last one decided, where to read on."""

    sent: int
    decided: int
    stream_id: str


class Ledger:
    """Writes the outcomes of bursts, behind the lease of who judges them."""

    def __init__(self, state: redis.Redis) -> None:
        """Write to the state server."""
        self._state = state

    def load(self) -> Standing:
        """What is stored now.

        Raises:
            redis.RedisError: the state server does not answer.
        """
        fields = [HeartbeatField.EPOCH, HeartbeatField.DECIDED, HeartbeatField.STREAM_ID]
        sent, decided, stream_id = cast("list[bytes | None]", self._state.hmget(HEARTBEAT, fields))
        place = stream_id.decode() if stream_id and _ENTRY_ID.fullmatch(stream_id) else _START
        return Standing(number_in(sent) or 0, number_in(decided) or 0, place)

    def commit(self, lease: Lease, decided: int, answer: Answer, stream_id: str) -> None:
        """Write a burst's outcome behind that of burst ``decided``; those between them are lost.

        Raises:
            LeaseLost: nothing was written, since another process judges them or something else is stored than was
                written last; load again.
            redis.RedisError: whether it was written is unknown; load again.
        """
        counted_at = instant(self._state)
        with self._state.pipeline(transaction=True) as transaction:
            leases.watch(transaction, lease)
            stored = cast("bytes | None", transaction.hget(HEARTBEAT, HeartbeatField.DECIDED))
            if (number_in(stored) or 0) != decided:
                raise LeaseLost(lease.key)
            transaction.multi()
            _count(transaction, answer.outcome, 1)
            _count(transaction, HeartbeatOutcome.LOST, answer.epoch - decided - 1)
            transaction.hset(HEARTBEAT, mapping=cast("Any", _told(answer, stream_id, counted_at)))
            try:
                transaction.execute()
            except redis.WatchError as error:
                raise LeaseLost(lease.key) from error


def _count(transaction: Pipeline, outcome: HeartbeatOutcome, bursts: int) -> None:
    if bursts:
        transaction.hincrby(HEARTBEAT, f"{HeartbeatField.OUTCOME}:{outcome}", bursts)


def _told(answer: Answer, stream_id: str, counted_at: float) -> dict[str, str | int | float]:
    told: dict[str, str | int | float] = {
        HeartbeatField.DECIDED: answer.epoch,
        HeartbeatField.STREAM_ID: stream_id,
        HeartbeatField.LAST_OUTCOME: answer.outcome,
    }
    if answer.judged_ms:
        told |= {
            HeartbeatField.JUDGED_AT: answer.judged_ms / 1000,
            HeartbeatField.MODEL_VERSION: answer.model_version,
            HeartbeatField.DETECTOR: answer.detector,
        }
    if answer.outcome is not HeartbeatOutcome.LOST:
        told |= {
            HeartbeatField.COUNTED_AT: counted_at,
            HeartbeatField.DURATION_S: round(max(0.0, counted_at - answer.sent_at), 3),
        }
        # What was lost says nothing of the model.
        told |= {f"{HeartbeatField.RIGHT}:{label}": int(is_right) for label, is_right in answer.is_right.items()}
    return told
