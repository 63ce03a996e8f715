"""The shadow check: a candidate judges live faces beside the version served, and no camera may notice a jump."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import redis

from shared.shadow import SHADOW_ORDER, ShadowField, ShadowOrder, shadow_counts

LEAST_FACES = 50  # a camera that saw fewer says nothing
BOUND = 0.05  # by which a camera's share of bare faces may shift beyond what the holdout explains
SETTLE_S = 3.0  # workers hand in their counts every second
TURN_S = 0.2  # how often a check that waits for another one looks

# By its content: an order that ran out meanwhile may have made room for somebody else's.
_WITHDRAW = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


@dataclass(frozen=True)
class CameraCounts:
    """What one camera's faces were called by both versions."""

    faces: int
    bare: int
    candidate_bare: int
    disagreements: int = 0


@dataclass(frozen=True)
class LiveCounts:
    """What all workers counted, and why some could not load the candidate."""

    cameras: Mapping[str, CameraCounts]
    refused: Mapping[str, int]


@dataclass(frozen=True)
class Reading:
    """How a version reads the holdout: of bare and of masked faces, the share that it calls bare."""

    bare_as_bare: float
    masked_as_bare: float

    def share(self, true_share: float) -> float:
        """The share that it calls bare where ``true_share`` is."""
        return true_share * self.bare_as_bare + (1 - true_share) * self.masked_as_bare

    def true_share(self, read: float) -> float:
        """The true share behind a share that it reads, within 0..1."""
        span = self.bare_as_bare - self.masked_as_bare
        return min(max((read - self.masked_as_bare) / span, 0.0), 1.0) if span > 0 else read


@dataclass(frozen=True)
class ShadowVerdict:
    """Whether live faces speak against a candidate; each reason is one line."""

    passed: bool
    reasons: tuple[str, ...]
    shifts: Mapping[str, float]  # camera -> change of its share of bare faces
    faces: int
    disagreements: int


def verdict(live: LiveCounts, served: Reading, candidate: Reading, bound: float = BOUND) -> ShadowVerdict:
    """Refuse a candidate that shifts any camera's share of bare faces by more than the holdout explains plus ``bound``.

    What the holdout explains: the true share is taken from the served version's reading, and each
    version reads it with the errors that it makes on the holdout. A camera that shifts less than that,
    or not at all, says nothing against it. Without a camera that saw enough faces nothing is known,
    and the candidate does not pass.
    """
    judged = {name: each for name, each in live.cameras.items() if each.faces >= LEAST_FACES}
    shifts = {name: (each.candidate_bare - each.bare) / each.faces for name, each in judged.items()}
    reasons = [f"{count} workers could not serve it: {reason}" for reason, count in sorted(live.refused.items())]
    for name, each in sorted(judged.items()):
        before = each.bare / each.faces
        true_share = served.true_share(before)
        explained = candidate.share(true_share) - served.share(true_share)
        if not min(explained, 0.0) - bound <= shifts[name] <= max(explained, 0.0) + bound:
            reasons.append(
                f"camera {name}: {before + shifts[name]:.1%} of {each.faces} live faces bare instead of {before:.1%}, "
                f"where the holdout explains {explained:+.1%} and {bound:.0%} more is allowed"
            )
    if not judged and not reasons:
        reasons.append(f"no camera saw {LEAST_FACES} faces meanwhile, so nothing is known")
    faces = sum(each.faces for each in live.cameras.values())
    return ShadowVerdict(
        not reasons, tuple(reasons), shifts, faces, sum(each.disagreements for each in live.cameras.values())
    )


def watch_live(
    state: redis.Redis, version: int, seconds: float, on_progress: Callable[[float, float], None]
) -> LiveCounts:
    """Order a shadow check of a published version, wait until it ends, and read what the workers counted.

    Workers check one version at a time: while another order stands, this one waits for its end.
    ``on_progress`` hears of seconds done and to do; what it raises ends the check at once.

    Raises:
        redis.RedisError: the state server does not answer.
    """
    whole = seconds + SETTLE_S
    while (order := _ordered(state, version, seconds)) is None:
        on_progress(0.0, whole)
        time.sleep(TURN_S)
    started = time.monotonic()
    try:
        while (done := time.monotonic() - started) < whole:
            on_progress(done, whole)
            time.sleep(min(0.5, whole - done))
    finally:
        state.eval(_WITHDRAW, 1, SHADOW_ORDER, order.model_dump_json())
    on_progress(whole, whole)
    return counted(cast("dict[bytes, bytes]", state.hgetall(shadow_counts(order.id))))


def _ordered(state: redis.Redis, version: int, seconds: float) -> ShadowOrder | None:
    """A new order; ``None`` while another one stands, which its expiry ends at the latest."""
    ends_at = datetime.now(UTC) + timedelta(seconds=seconds)
    order = ShadowOrder(id=secrets.token_hex(8), version=version, ends_at=ends_at)
    lasts_ms = int((seconds + SETTLE_S) * 1000)
    return order if state.set(SHADOW_ORDER, order.model_dump_json(), px=lasts_ms, nx=True) else None


def counted(fields: Mapping[bytes, bytes]) -> LiveCounts:
    """What the workers have handed in, by camera."""
    numbers = {tuple(name.decode().split(":", 1)): int(value) for name, value in fields.items()}
    cameras = {camera for field, camera in numbers if field == ShadowField.FACES}
    return LiveCounts(
        {
            camera: CameraCounts(
                faces=numbers[ShadowField.FACES, camera],
                bare=numbers.get((ShadowField.BARE, camera), 0),
                candidate_bare=numbers.get((ShadowField.CANDIDATE_BARE, camera), 0),
                disagreements=numbers.get((ShadowField.DISAGREEMENTS, camera), 0),
            )
            for camera in cameras
        },
        {reason: count for (field, reason), count in numbers.items() if field == ShadowField.REFUSED},
    )
