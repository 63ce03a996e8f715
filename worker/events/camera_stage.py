"""The events stage of one camera: from entries of its results stream to committed counts."""

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from shared.cameras import Camera
from shared.leases import Lease, LeaseLost
from shared.messages import DropReason, FrameResult
from shared.streams import FACE_PREFIX, RESULT, CountField
from shared.tracks import FrameTracks
from worker.events.checkpoint import Checkpoint, Ledger
from worker.events.commit import Commit
from worker.events.doubt import Doubt
from worker.events.judge import Judge
from worker.events.reorder import Arrival, Gap, Reorder
from worker.events.rules import Rules
from worker.events.uncommitted import Uncommitted

log = logging.getLogger(__name__)

_MAX_UNJUDGEABLE = 1_000
_BLIND_INTERVALS = 3  # a camera of which few frames are wanted is not blind between them

Entry = tuple[bytes, dict[bytes, bytes]]


class UnjudgeableResult(LeaseLost):
    """The judge fails on a result, and what it remembers is in doubt: load the checkpoint again, and pass it over."""


class CameraStage:
    """Owns one camera while its lease holds; drop it when a commit fails: the checkpoint knows better."""

    def __init__(
        self, camera: str, lease: Lease, ledger: Ledger, checkpoint: Checkpoint, rules: Rules, window: timedelta
    ) -> None:
        """Go on from a checkpoint that was loaded after the lease was taken."""
        self.camera = camera
        self.lease = lease
        self.unjudgeable: set[str] = set()  # entries that are passed over; what turns out so is added
        # The newest epoch that the camera was given, where that is known: no later one begins.
        self.newest_given: Callable[[], int | None] = lambda: None
        self._ledger = ledger
        self._done_epoch = checkpoint.done_epoch
        self._blind_after_s = rules.blind_after_s
        self._judge = Judge(camera, rules, checkpoint.state)
        self._reorder = Reorder(checkpoint.epoch, checkpoint.next_sequence, checkpoint.stream_id, window)
        self._uncommitted = Uncommitted()
        self._doubts: list[Doubt] = []
        self._sights: list[FrameTracks] = []
        self._begins_up_to: float | None = None  # the newest epoch, once it was asked for since the last read
        self._has_complained = False  # of results that cannot be read: one line, and not one for each

    @property
    def read_to(self) -> str:
        """The id behind which the results stream is to be read on."""
        return self._reorder.read_to

    @property
    def done_epoch(self) -> int:
        """The last pass over a file that was judged to its end, -1 before the first."""
        return self._done_epoch

    def has_read_past(self, newest_id: str) -> bool:
        """Whether the stream, whose newest entry is this, began anew with lower ids."""
        return self._reorder.has_read_past(newest_id)

    def read_from(self, entry_id: str) -> None:
        """Read the results stream on from another place; what was judged already is recognised."""
        self._reorder.read_to = entry_id

    @property
    def is_waiting(self) -> bool:
        """Whether results are held back for one that is missing."""
        return self._reorder.is_holding

    def watch(self, *, is_watched: bool) -> None:
        """Say from the next frame on who is in it, or no more."""
        self._judge.is_watched = is_watched

    def follow(self, camera: Camera) -> None:
        """Judge by the camera's declaration, from the next frame on: its zones, and how often its frames come."""
        self._judge.zones = camera.zones
        between_frames_s = 1 / camera.fps if camera.fps else 0.0
        self._judge.blind_after_s = max(self._blind_after_s, _BLIND_INTERVALS * between_frames_s)

    def take_doubts(self) -> list[Doubt]:
        """The faces to be looked at among what was committed since the last call."""
        taken, self._doubts = self._doubts, []
        return taken

    def take_sights(self) -> list[FrameTracks]:
        """Who was in the frames that were committed since the last call; nothing while nobody watches."""
        taken, self._sights = self._sights, []
        return taken

    def take(self, entries: Iterable[Entry]) -> list[FrameResult]:
        """Judge what was read and commit it; returns the results that were read.

        Raises:
            LeaseLost, redis.RedisError: as ``Ledger.commit``.
        """
        results = self.judge(entries, now=0.0)
        self._commit()
        return results

    def judge(self, entries: Iterable[Entry], now: float) -> list[FrameResult]:
        """Judge what was read, at ``now`` in monotonic seconds, to be committed; returns the results that were read.

        Where an epoch ends, it is committed here.

        Raises:
            UnjudgeableResult: see there.
            LeaseLost, redis.RedisError: as ``Ledger.commit``.
        """
        self._begins_up_to = None
        results = [result for entry in entries if (result := self._take_entry(entry))]
        self._uncommitted.note(now)
        return results

    def is_due(self, now: float) -> bool:
        """Whether what was judged is to be committed at ``now``, in monotonic seconds."""
        return self._uncommitted.is_due(now)

    def prepare(self) -> Commit:
        """The transaction over all that is judged; behind it comes ``advance``, or nothing any more."""
        uncommitted = self._uncommitted
        return self._ledger.prepare(self.lease, self._checkpoint(), uncommitted.verdict, uncommitted.workers)

    def advance(self) -> None:
        """The transaction that was prepared last is done."""
        self._ledger.advance()
        self._begin_anew()

    def give_up_missing(self) -> None:
        """Judge what is held back: a live camera's missing frames are not waited for any longer."""
        self._judge_all(self._reorder.flush())
        self._commit()

    def finish_pass(self, epoch: int, captured: int) -> bool:
        """Close a file's pass of ``captured`` frames if all of them are judged; true when it closed now."""
        current = self._reorder.epoch
        judged = self._reorder.next_sequence if epoch == current else 0
        if epoch < current or epoch <= self._done_epoch or judged < captured:
            return False
        self.settle()
        self._judge.finish(self._uncommitted.verdict)
        if epoch > current:
            self._reorder.begin_epoch(epoch)  # an empty pass: no frame has announced it
        self._done_epoch = epoch
        self._commit()
        return True

    def settle(self) -> None:
        """Commit what is judged and is not committed yet, if there is any."""
        if self._uncommitted.workers:
            self._commit()

    def close(self) -> None:
        """End every track: the camera was detached."""
        self._judge_all(self._reorder.flush())
        self._judge.finish(self._uncommitted.verdict)
        self._commit()

    def _take_entry(self, entry: Entry) -> FrameResult | None:
        try:
            arrival = self._parsed(entry)
        except (KeyError, ValueError) as error:
            self._pass_over(entry, error)
            return None
        if arrival.result.epoch > self._reorder.epoch:
            self._judge_all(self._reorder.flush())
            self._begin_epoch(arrival.result)
        self._judge_all(self._reorder.push(arrival))
        return arrival.result

    def _parsed(self, entry: Entry) -> Arrival:
        entry_id, fields = entry
        if entry_id.decode() in self.unjudgeable:
            raise ValueError("the judge fails on it")
        result = FrameResult.model_validate_json(fields[RESULT])
        if result.camera != self.camera:
            raise ValueError(f"it is of camera {result.camera}")
        if result.epoch > self._reorder.epoch and not self._was_given(result.epoch):
            raise ValueError(f"its epoch {result.epoch} was never given to this camera")
        return Arrival(entry_id.decode(), result, _faces(fields))

    def _was_given(self, epoch: int) -> bool:
        # What was read was written before this is asked, so one answer is good for all of it.
        if self._begins_up_to is None:
            newest = self.newest_given()
            self._begins_up_to = math.inf if newest is None else newest
        return epoch <= self._begins_up_to

    def _pass_over(self, entry: Entry, error: Exception) -> None:
        """Of a newer release perhaps. Its frame is missing; the entries behind it are not."""
        entry_id = entry[0].decode()
        self._reorder.read_to = entry_id
        if not self._has_complained:
            why = str(error).splitlines()[0]
            log.warning("camera %s: result %s cannot be read, nor may others: %s", self.camera, entry_id, why)
        self._has_complained = True

    def _begin_epoch(self, result: FrameResult) -> None:
        """Commit the epoch before by itself: its counts must not fall into the new one's."""
        if result.on_overload == "wait":
            self._judge.finish(self._uncommitted.verdict)  # another pass or file: nobody in it is known
        self._commit()
        self._reorder.begin_epoch(result.epoch)

    def _judge_all(self, ordered: Iterable[Arrival | Gap]) -> None:
        uncommitted, lost = self._uncommitted, 0
        for each in ordered:
            if isinstance(each, Gap):
                lost = each.frames
                self._judge.miss()
                continue
            self._judge_one(each)
            uncommitted.add(each.result)
            # In the quarter of the frame behind the gap, which alone has an instant.
            uncommitted.verdict.add(f"{CountField.DROPPED}:{DropReason.LOST}", lost)
            lost = 0

    def _judge_one(self, arrival: Arrival) -> None:
        try:
            self._judge.take(arrival, self._uncommitted.verdict)
        except Exception as error:
            log.error("camera %s: result %s is passed over: %r", self.camera, arrival.entry_id, error)
            if len(self.unjudgeable) >= _MAX_UNJUDGEABLE:
                self.unjudgeable.clear()
            self.unjudgeable.add(arrival.entry_id)
            raise UnjudgeableResult(self.lease.key) from error

    def _commit(self) -> None:
        uncommitted = self._uncommitted
        self._ledger.commit(self.lease, self._checkpoint(), uncommitted.verdict, uncommitted.workers)
        self._begin_anew()

    def _begin_anew(self) -> None:
        verdict, self._uncommitted = self._uncommitted.verdict, Uncommitted()
        self._doubts += verdict.doubts
        self._sights += verdict.sights

    def _checkpoint(self) -> Checkpoint:
        return Checkpoint(
            stream_id=self._reorder.checkpoint_id(),
            epoch=self._reorder.epoch,
            next_sequence=self._reorder.next_sequence,
            done_epoch=self._done_epoch,
            state=self._judge.state,
        )


def _faces(fields: Mapping[bytes, bytes]) -> dict[int, bytes]:
    return {int(name[len(FACE_PREFIX) :]): jpeg for name, jpeg in fields.items() if name.startswith(FACE_PREFIX)}
