"""What became of each camera's pictures, to the last one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import redis

from console.counting.counts import Counts, parsed
from shared.cameras import CameraState, CaptureStatus
from shared.messages import DropReason
from shared.streams import CheckpointField, CountField, KeySpace


@dataclass(frozen=True)
class Account:
    """One camera since it was attached, read in one transaction.

    ``captured`` are the pictures of the epoch that the producer is in; of epoch ``known_epoch`` those with a
    sequence number below ``known_to`` are accounted for. A camera that began anew has another epoch than its first.
    """

    camera: str
    state: CameraState | None = None
    captured: int = 0
    last_at: datetime | None = None  # when the last of them was
    epoch: int = -1
    known_to: int = 0
    known_epoch: int = -1
    first_epoch: int = -1
    processed: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    dead: int = 0

    @property
    def ended(self) -> int:
        """Pictures that were judged, dropped or dead-lettered."""
        return self.processed + sum(self.dropped.values()) + self.dead

    @property
    def in_flight(self) -> int:
        """Pictures that were captured and have not ended; what the producer says is up to a second old."""
        return max(0, self.captured - (self.known_to if self.known_epoch == self.epoch else 0))

    @property
    def has_begun_anew(self) -> bool:
        """Whether its producer lost it and took it again."""
        return bool({self.epoch, self.known_epoch} - {-1, self.first_epoch})

    @property
    def is_exact(self) -> bool:
        """Whether captured = processed + dropped + dead-lettered + in flight, each picture counted once.

        Of a camera that began anew nobody knows any more how many pictures there were before.
        """
        return self.ended == self.known_to or self.has_begun_anew


def read(state: redis.Redis, keys: KeySpace, cameras: Sequence[str], first_epochs: dict[str, int]) -> list[Account]:
    """The accounts of some cameras, in their order; ``first_epochs`` keeps in which epoch each was first seen."""
    pipeline = state.pipeline(transaction=True)
    for camera in cameras:
        pipeline.get(keys.capture(camera))
        pipeline.hgetall(keys.counts(camera))
        pipeline.hmget(keys.checkpoint(camera), [CheckpointField.EPOCH, CheckpointField.NEXT_SEQUENCE])
    answers = pipeline.execute()
    each = zip(cameras, answers[::3], answers[1::3], answers[2::3], strict=True)
    found = [_account(camera, capture, parsed(counts), checkpoint) for camera, capture, counts, checkpoint in each]
    for account in found:
        if account.epoch >= 0:
            first_epochs.setdefault(account.camera, account.epoch)
    return [replace(account, first_epoch=first_epochs.get(account.camera, -1)) for account in found]


def _account(camera: str, capture_json: bytes | None, counts: Counts, checkpoint: Sequence[bytes | None]) -> Account:
    capture = CaptureStatus.model_validate_json(capture_json) if capture_json else None
    epoch, known_to = (None if value is None else int(value) for value in checkpoint)
    return Account(
        camera=camera,
        state=capture.state if capture else None,
        captured=capture.captured if capture else 0,
        last_at=capture.last_frame_at if capture else None,
        epoch=capture.epoch if capture else -1,
        known_to=known_to or 0,
        known_epoch=-1 if epoch is None else epoch,
        processed=counts.of(CountField.PROCESSED),
        dropped=counts.by_detail(CountField.DROPPED),
        dead=counts.total(CountField.DEAD_LETTERED),
    )


@dataclass(frozen=True)
class Flow:
    """All cameras together in a window: pictures a second, by reason where they were dropped."""

    captured: float
    processed: float
    unchanged: float
    dropped: Mapping[str, float]
    dead: float
    in_flight: int  # pictures at its end
    inexact: tuple[str, ...]  # cameras whose pictures do not add up
    begun_anew: tuple[str, ...] = ()


def flow(before: Sequence[Account], after: Sequence[Account], seconds: float) -> Flow:
    """What happened to the same cameras between two readings."""
    dropped = Counter[str]()
    for sign, accounts in ((1, after), (-1, before)):
        for each in accounts:
            dropped.update({reason: sign * count for reason, count in each.dropped.items()})
    unchanged = dropped.pop(DropReason.UNCHANGED, 0)
    return Flow(
        captured=sum(_captured_a_second(*each, seconds) for each in zip(before, after, strict=True)),
        processed=_risen((each.processed for each in before), (each.processed for each in after)) / seconds,
        unchanged=unchanged / seconds,
        dropped={str(reason): count / seconds for reason, count in dropped.items() if count},
        dead=_risen((each.dead for each in before), (each.dead for each in after)) / seconds,
        in_flight=sum(each.in_flight for each in after),
        inexact=tuple(each.camera for each in after if not each.is_exact),
        begun_anew=tuple(each.camera for each in after if each.has_begun_anew),
    )


def _risen(before: Iterable[int], after: Iterable[int]) -> int:
    return sum(after) - sum(before)


def _captured_a_second(before: Account, after: Account, seconds: float) -> float:
    """By the times of the pictures themselves, since a producer tells of them once a second."""
    if before.epoch != after.epoch:
        return after.captured / seconds
    if before.last_at is None or after.last_at is None or after.last_at == before.last_at:
        return (after.captured - before.captured) / seconds
    return (after.captured - before.captured) / (after.last_at - before.last_at).total_seconds()


def unended(accounts: Sequence[Account]) -> list[str]:
    """Cameras of which a picture has neither ended nor been counted as one that did."""
    return [each.camera for each in accounts if each.in_flight or not each.is_exact]


def states(accounts: Sequence[Account]) -> Mapping[str, int]:
    """How many cameras are in each state."""
    return dict(Counter(str(each.state.value) if each.state else "unknown" for each in accounts))


def all_live(accounts: Sequence[Account]) -> bool:
    """Whether every camera gives pictures that end."""
    return all(each.state is CameraState.LIVE and each.ended for each in accounts)
