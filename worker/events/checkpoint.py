"""Where the events stage stands with a camera, and the one transaction that moves it on.

Counts, violations and the checkpoint change together or not at all, and only while the lease's
token is the newest. So a frame is counted once, whoever dies when and however often it is delivered.

A transaction also asks that the checkpoint is the one that this owner wrote last. A state server that comes
back without its last second, or a replica that takes over, has an older one with counts to match: going on
from what is in memory would leave a hole in the counts.
"""

import logging
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import ValidationError

from shared.leases import Lease, LeaseLost
from shared.standing import STANDING, number_in, standing
from shared.streams import CheckpointField, CountField, KeySpace
from worker.events.commit import Commit, send
from worker.events.verdict import JudgeState, Verdict

log = logging.getLogger(__name__)

MAX_LOG_ENTRIES = 10_000  # of a camera's violation log; the violations themselves stay
_EPOCH_COUNTS_S = 30 * 86_400
_ENTRY_ID = re.compile(rb"[0-9]{1,20}-[0-9]{1,20}")
_MAX_STATE_BYTES = 16_000_000  # unpacked; a crowd's are some hundred thousand, and few bytes can claim gigabytes


@dataclass(frozen=True)
class Checkpoint:
    """All frames of ``epoch`` below ``next_sequence`` are judged; entries up to ``stream_id`` are accounted for.

    ``done_epoch`` is the last pass over a file that was judged to its end, -1 before the first.
    """

    stream_id: str = "0-0"
    epoch: int = 0
    next_sequence: int = 0
    done_epoch: int = -1
    state: JudgeState | None = None


class UnreadableCheckpoint(Exception):
    """How far a camera is judged is not known: to judge it from anywhere would count some frames twice or never."""


def load(state: redis.Redis, keys: KeySpace, camera: str) -> Checkpoint:
    """The camera's checkpoint; one from the start when there is none.

    Raises:
        UnreadableCheckpoint: it does not say how far the camera is judged.
    """
    key = keys.checkpoint(camera)
    fields = cast("dict[bytes, bytes]", state.hgetall(key))
    if not fields:
        return Checkpoint()
    stream_id = fields.get(CheckpointField.STREAM_ID.encode(), b"")
    place = standing([fields.get(field.encode()) for field in STANDING])
    if not _ENTRY_ID.fullmatch(stream_id) or place.epoch < 0 or place.next_sequence < 0:
        raise UnreadableCheckpoint(f"its checkpoint is garbage; without the key {key} it would be judged anew")
    packed = fields.get(CheckpointField.STATE.encode(), b"")
    return Checkpoint(stream_id.decode(), *place, state=_parse_state(camera, packed))


def _parse_state(camera: str, stored: bytes) -> JudgeState:
    """What the judge remembered; nothing where another release wrote what this one cannot read.

    The tracks of that moment are then forgotten, which may count somebody in view twice; refusing
    the checkpoint would stop the camera's counts for good.
    """
    try:
        return JudgeState.model_validate_json(zlib.decompressobj().decompress(stored, _MAX_STATE_BYTES))
    except (ValidationError, zlib.error) as error:
        said = error.title if isinstance(error, ValidationError) else error
        log.warning("camera %s: the tracks in its checkpoint are unreadable and forgotten: %s", camera, said)
        return JudgeState()


def _packed(state: JudgeState) -> bytes:
    """A crowd's state is written with each commit, into a log on a disk: a quarter of it says all."""
    return zlib.compress(state.model_dump_json(exclude_defaults=True).encode(), level=1)


class Ledger:
    """Writes what the judge of one camera found, behind that camera's lease."""

    def __init__(
        self, state: redis.Redis, keys: KeySpace, camera: str, history_days: int, *, keeps_snapshots: bool
    ) -> None:
        """Go on from the camera's checkpoint as it is now; counts by quarters of an hour expire after ``history_days``.

        Raises:
            redis.RedisError: the state server does not answer.
        """
        self._state = state
        self._keys = keys
        self._camera = camera
        self._history_s = history_days * 86_400
        self._commits = number_in(state.hget(keys.checkpoint(camera), CheckpointField.COMMITS)) or 0
        self._keeps_snapshots = keeps_snapshots

    def commit(self, lease: Lease, checkpoint: Checkpoint, verdict: Verdict, workers: Counter[str]) -> None:
        """Write verdict and checkpoint in one transaction.

        Raises:
            LeaseLost: nothing was written, since another process owns the camera or the checkpoint is not the one
                that was written last; or the connection broke, and it was written before that. Take the lease and
                load the checkpoint again.
            redis.RedisError: whether it was written is unknown. Do the same.
        """
        (is_done,) = send(self._state, [self.prepare(lease, checkpoint, verdict, workers)])
        if not is_done:
            raise LeaseLost(lease.key)
        self.advance()

    def prepare(self, lease: Lease, checkpoint: Checkpoint, verdict: Verdict, workers: Counter[str]) -> Commit:
        """The transaction, to be sent by the caller; behind it comes ``advance``, or nothing any more."""
        snapshots = list(verdict.snapshots.items()) if self._keeps_snapshots else []
        change = {
            "checkpoint": self._place(checkpoint),
            "counts": verdict.counts,
            "workers": {f"{CountField.WORKER_FRAMES}:{worker}": frames for worker, frames in workers.items()},
            "epoch_s": _EPOCH_COUNTS_S,
            "history": list(verdict.by_quarter.values()),
            "history_s": self._history_s,
            "violations": [
                (violation_id, change.state, change.model_dump_json())
                for violation_id, changes in verdict.violations.items()
                for change in changes
            ],
            "log_entries": MAX_LOG_ENTRIES,
            # Whoever carries these out may die without a loss.
            "snapshots": [(violation_id, each.request.model_dump_json()) for violation_id, each in snapshots],
        }
        keys = self._written_keys(checkpoint.epoch, verdict)
        packed = _packed(checkpoint.state or JudgeState())
        return Commit(lease, keys, self._commits, change, packed, [each.face for _, each in snapshots])

    def advance(self) -> None:
        """The transaction that was prepared last is done."""
        self._commits += 1

    def _written_keys(self, epoch: int, verdict: Verdict) -> list[str]:
        """In the order of ``Commit``."""
        keys, camera = self._keys, self._camera
        return [
            keys.checkpoint(camera),
            keys.counts(camera),
            keys.epoch_counts(camera, epoch),
            keys.violations(camera),
            keys.violation_log(camera),
            keys.snapshot_requests(camera),
            keys.snapshot_faces(camera),
            *(keys.history(camera, quarter) for quarter in verdict.by_quarter),
        ]

    def _place(self, checkpoint: Checkpoint) -> list[str | int]:
        """Fields of the checkpoint and their values, but for the judge's state."""
        return [
            CheckpointField.STREAM_ID,
            checkpoint.stream_id,
            CheckpointField.EPOCH,
            checkpoint.epoch,
            CheckpointField.NEXT_SEQUENCE,
            checkpoint.next_sequence,
            CheckpointField.DONE_EPOCH,
            checkpoint.done_epoch,
            CheckpointField.COMMITS,
            self._commits + 1,
        ]
