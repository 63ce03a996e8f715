"""Times in which webhooks are not told of what cameras open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import redis
from pydantic import ValidationError

from console import attaching
from console.cameras.changing import unknown
from console.durations import seconds
from console.errors import BadInput
from console.webhooks import declaring
from shared.streams import WEBHOOK_SNOOZES
from shared.webhooks import EVERY, Snooze

_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Snoozed:
    """A snooze of one webhook or all, for one camera or all (``*``)."""

    webhook: str
    camera: str
    snooze: Snooze

    @property
    def until(self) -> datetime:
        """When it ends."""
        return datetime.fromtimestamp(self.snooze.until_ms / 1000, UTC)

    @property
    def as_line(self) -> str:
        """For people."""
        who = "all webhooks" if self.webhook == EVERY else self.webhook
        what = "all cameras" if self.camera == EVERY else f"camera {self.camera}"
        return f"{who}: nothing of {what} until {self.until.astimezone():%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Wanted:
    """A snooze as somebody asks for it; ``prefix`` is what stands before the names of options."""

    webhook: str | None
    camera: str | None
    span: str | None
    until: str | None
    prefix: str = "--"


def begin(state: redis.Redis, wanted: Wanted) -> Snoozed:
    """Begin a snooze now, of a webhook or all, for a camera or all.

    Raises:
        BadInput: its end is no time.
        NotFound: there is no such webhook or camera.
    """
    now = declaring.now_ms(state)
    until_ms = end_ms(wanted.span, wanted.until, now, wanted.prefix)
    if wanted.webhook is not None:
        declaring.found(declaring.all_webhooks(state), wanted.webhook)
    if wanted.camera is not None and attaching.find(state, wanted.camera) is None:
        raise unknown(wanted.camera)
    return snooze(state, wanted.webhook, wanted.camera, now, until_ms)


def end_ms(span: str | None, until: str | None, now_ms: int, prefix: str = "--") -> int:
    """When a snooze of the options --for or --until ends, in Unix milliseconds.

    Raises:
        BadInput: not just one is given, it is no time, or it is over.
    """
    if (span is None) == (until is None):
        raise BadInput(f"say how long: {prefix}for 2h, or {prefix}until 2026-11-23T18:00")
    if span is not None:
        ends = now_ms + int(seconds(span, f"{prefix}for") * 1000)
    else:
        try:
            ends = int(datetime.fromisoformat(str(until)).timestamp() * 1000)
        except (ValueError, OverflowError):
            raise BadInput(f"{prefix}until is {until!r}: give an instant such as 2026-11-23T18:00") from None
    if not now_ms < ends <= now_ms + 366 * _DAY_MS:
        raise BadInput("a snooze ends in the future, within a year")
    return ends


def snooze(state: redis.Redis, webhook: str | None, camera: str | None, now_ms: int, until_ms: int) -> Snoozed:
    """Begin a snooze now, of one webhook or all, for one camera or all; another one of the same ends."""
    snoozed = Snoozed(webhook or EVERY, camera or EVERY, Snooze(from_ms=now_ms, until_ms=until_ms))
    old = [_field(each) for each in everything(state) if each.snooze.until_ms < now_ms - _DAY_MS]
    if old:
        state.hdel(WEBHOOK_SNOOZES, *old)
    state.hset(WEBHOOK_SNOOZES, _field(snoozed), snoozed.snooze.model_dump_json())
    return snoozed


def unsnooze(state: redis.Redis, webhook: str | None, camera: str | None, now_ms: int) -> list[Snoozed]:
    """End the snoozes of a webhook and camera, or of any; what happened until now stays unsent."""
    ended = [
        each
        for each in active(everything(state), now_ms)
        if webhook in {None, each.webhook} and camera in {None, each.camera}
    ]
    for each in ended:
        over = each.snooze.model_copy(update={"until_ms": now_ms})
        state.hset(WEBHOOK_SNOOZES, _field(each), over.model_dump_json())
    return ended


def end(state: redis.Redis, webhook: str | None, camera: str | None) -> list[Snoozed]:
    """End the snoozes of a webhook and camera, or of any, now.

    Raises:
        NotFound: there is no such webhook.
    """
    if webhook is not None:
        declaring.found(declaring.all_webhooks(state), webhook)
    return unsnooze(state, webhook, camera, declaring.now_ms(state))


def lasting(state: redis.Redis, webhook: str | None = None) -> list[Snoozed]:
    """Those that last, of all webhooks or of what holds for one."""
    return active(everything(state), declaring.now_ms(state), webhook)


def everything(state: redis.Redis) -> list[Snoozed]:
    """All snoozes that can be understood, those that are over too."""
    return of_hash(cast("dict[bytes, bytes]", state.hgetall(WEBHOOK_SNOOZES)))


def of_hash(stored: Mapping[bytes, bytes]) -> list[Snoozed]:
    """The snoozes of the hash that can be understood."""
    found = []
    for field in sorted(stored):
        webhook, _, camera = field.decode(errors="replace").partition("/")
        try:
            found.append(Snoozed(webhook, camera, Snooze.model_validate_json(stored[field])))
        except ValidationError:
            continue
    return found


def active(snoozes: list[Snoozed], now_ms: int, webhook: str | None = None) -> list[Snoozed]:
    """Those that last, of all webhooks or of what holds for one."""
    now_on = [each for each in snoozes if each.snooze.from_ms <= now_ms < each.snooze.until_ms]
    return [each for each in now_on if webhook is None or each.webhook in {webhook, EVERY}]


def _field(snoozed: Snoozed) -> str:
    return f"{snoozed.webhook}/{snoozed.camera}"
