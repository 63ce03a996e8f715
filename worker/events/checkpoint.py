"""Where the events stage stands with a camera, and the one transaction that moves it on.

Counts, violations and the checkpoint change together or not at all, and only while the lease's
token is the newest. So a frame is counted once, whoever dies when and however often it is delivered.

A transaction also asks that the checkpoint is the one that this owner wrote last. A state server that comes
back without its last second, or a replica that takes over, has an older one with counts to match: going on
from what is in memory would leave a hole in the counts.
"""

import logging
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import ValidationError
from redis.client import Pipeline

from shared import leases
from shared.leases import Lease, LeaseLost
from shared.streams import CheckpointField, CountField, KeySpace
from worker.events.verdict import JudgeState, Verdict

log = logging.getLogger(__name__)

MAX_LOG_ENTRIES = 10_000  # of a camera's violation log; the violations themselves stay
_EPOCH_COUNTS_DAYS = 30


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


def load(state: redis.Redis, keys: KeySpace, camera: str) -> Checkpoint:
    """The camera's checkpoint; one from the start when there is none."""
    fields = cast("dict[bytes, bytes]", state.hgetall(keys.checkpoint(camera)))
    if not fields:
        return Checkpoint()
    return Checkpoint(
        stream_id=fields[CheckpointField.STREAM_ID.encode()].decode(),
        epoch=int(fields[CheckpointField.EPOCH.encode()]),
        next_sequence=int(fields[CheckpointField.NEXT_SEQUENCE.encode()]),
        done_epoch=int(fields[CheckpointField.DONE_EPOCH.encode()]),
        state=_parse_state(camera, fields[CheckpointField.STATE.encode()]),
    )


def _parse_state(camera: str, stored: bytes) -> JudgeState:
    """What the judge remembered; nothing where another release wrote what this one cannot read.

    The tracks of that moment are then forgotten, which may count somebody in view twice; refusing
    the checkpoint would stop the camera's counts for good.
    """
    try:
        return JudgeState.model_validate_json(zlib.decompress(stored))
    except (ValidationError, zlib.error) as error:
        said = error.title if isinstance(error, ValidationError) else error
        log.warning("camera %s: the tracks in its checkpoint are unreadable and forgotten: %s", camera, said)
        return JudgeState()


def _packed(state: JudgeState) -> bytes:
    """A crowd's state is written with each commit, into a log on a disk: a quarter of it says all."""
    return zlib.compress(state.model_dump_json(exclude_defaults=True).encode(), level=1)


# Of a violation that was erased meanwhile nothing may come back but its end in the counts.
_CHANGE = """
if ARGV[3] == 'opened' or redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'violation', ARGV[2])
end
"""


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
        self._commits = self._stored_commits(state)
        self._keeps_snapshots = keeps_snapshots

    def commit(self, lease: Lease, checkpoint: Checkpoint, verdict: Verdict, workers: Counter[str]) -> None:
        """Write verdict and checkpoint in one transaction.

        Raises:
            LeaseLost: nothing was written, since another process owns the camera or the checkpoint is not the one
                that was written last; or the connection broke, and whether it was written is unknown. Take the
                lease and load the checkpoint again.
            redis.RedisError: as the last of these.
        """
        with self._state.pipeline(transaction=True) as transaction:
            leases.watch(transaction, lease)
            if self._stored_commits(transaction) != self._commits:
                raise LeaseLost(lease.key)
            transaction.multi()
            self._write_counts(transaction, checkpoint.epoch, verdict, workers)
            self._write_history(transaction, verdict)
            self._write_violations(transaction, verdict)
            self._write_snapshots(transaction, verdict)
            self._write_checkpoint(transaction, checkpoint)
            try:
                transaction.execute()
            except redis.WatchError as error:
                raise LeaseLost(lease.key) from error
        self._commits += 1

    def _stored_commits(self, state: redis.Redis) -> int:
        return int(state.hget(self._keys.checkpoint(self._camera), CheckpointField.COMMITS) or 0)

    def _write_counts(self, transaction: Pipeline, epoch: int, verdict: Verdict, workers: Counter[str]) -> None:
        lifetime = self._keys.counts(self._camera)
        epoch_counts = self._keys.epoch_counts(self._camera, epoch)
        for field, amount in verdict.counts.items():
            transaction.hincrby(lifetime, field, amount)
            transaction.hincrby(epoch_counts, field, amount)
        for worker, frames in workers.items():
            transaction.hincrby(epoch_counts, f"{CountField.WORKER_FRAMES}:{worker}", frames)
        transaction.expire(epoch_counts, _EPOCH_COUNTS_DAYS * 86_400)

    def _write_history(self, transaction: Pipeline, verdict: Verdict) -> None:
        for quarter, counts in verdict.by_quarter.items():
            key = self._keys.history(self._camera, quarter)
            for field, amount in counts.items():
                transaction.hincrby(key, field, amount)
            transaction.expire(key, self._history_s)

    def _write_violations(self, transaction: Pipeline, verdict: Verdict) -> None:
        violations, log_key = self._keys.violations(self._camera), self._keys.violation_log(self._camera)
        for violation_id, changes in verdict.violations.items():
            for change in changes:
                values = (violation_id, change.model_dump_json(), change.state, str(MAX_LOG_ENTRIES))
                transaction.eval(_CHANGE, 2, violations, log_key, *values)

    def _write_snapshots(self, transaction: Pipeline, verdict: Verdict) -> None:
        """Ask for the pictures; whoever carries that out may die without a loss."""
        if not self._keeps_snapshots:
            return
        requests, faces = self._keys.snapshot_requests(self._camera), self._keys.snapshot_faces(self._camera)
        for violation_id, snapshot in verdict.snapshots.items():
            transaction.hset(requests, violation_id, snapshot.request.model_dump_json())
            transaction.hset(faces, violation_id, snapshot.face)

    def _write_checkpoint(self, transaction: Pipeline, checkpoint: Checkpoint) -> None:
        state = checkpoint.state or JudgeState()
        transaction.hset(
            self._keys.checkpoint(self._camera),
            mapping={
                CheckpointField.STREAM_ID: checkpoint.stream_id,
                CheckpointField.EPOCH: checkpoint.epoch,
                CheckpointField.NEXT_SEQUENCE: checkpoint.next_sequence,
                CheckpointField.DONE_EPOCH: checkpoint.done_epoch,
                CheckpointField.STATE: _packed(state),
                CheckpointField.COMMITS: self._commits + 1,
            },
        )
