"""Where webhooks stand, read off the state server at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import redis

from console.webhooks.declaring import all_webhooks, now_ms, unknown
from console.webhooks.snoozing import Snoozed, active, of_hash
from shared.streams import WEBHOOK_SNOOZES, WebhookKeys
from shared.webhooks import Outcome, StatusField, Webhook


@dataclass(frozen=True)
class WebhookReading:
    """A webhook, what became of its events, and what lasts now. ``sender`` is empty while nobody sends."""

    webhook: Webhook
    waiting: int
    status: Mapping[str, str]
    snoozes: list[Snoozed]
    sender: str

    def count(self, outcome: Outcome) -> int:
        """How many events, or tries, ended so."""
        text = self.status.get(outcome, "0")
        return int(text) if text.isdigit() else 0

    @property
    def delivered_at(self) -> datetime | None:
        """When an event was last delivered."""
        return _instant(self.status.get(StatusField.DELIVERED_MS))

    @property
    def error(self) -> str:
        """Why one last was not."""
        return self.status.get(StatusField.ERROR, "")

    @property
    def error_at(self) -> datetime | None:
        """When that was."""
        return _instant(self.status.get(StatusField.ERROR_MS))

    @property
    def is_failing(self) -> bool:
        """Whether the last try failed."""
        return self.error_at is not None and (self.delivered_at is None or self.error_at > self.delivered_at)


def read_one(state: redis.Redis, name: str) -> WebhookReading:
    """One of them.

    Raises:
        NotFound: there is none of this name.
    """
    for each in read_all(state):
        if each.webhook.name == name:
            return each
    raise unknown(name)


def read_all(state: redis.Redis) -> list[WebhookReading]:
    """All that are declared, by name."""
    webhooks, now = list(all_webhooks(state).values()), now_ms(state)
    with state.pipeline(transaction=False) as pipeline:
        pipeline.hgetall(WEBHOOK_SNOOZES)
        for keys in (WebhookKeys(each.name) for each in webhooks):
            pipeline.hlen(keys.waiting)
            pipeline.hgetall(keys.status)
            pipeline.hmget(keys.lease, ["owner", "expires_at_ms"])
        snoozes, *rest = pipeline.execute()
    lasting = active(of_hash(snoozes), now)
    return [
        WebhookReading(
            webhook=webhook,
            waiting=waiting,
            status={name.decode(): value.decode(errors="replace") for name, value in status.items()},
            snoozes=[each for each in lasting if each in active(lasting, now, webhook.name)],
            sender=_sender(lease, now),
        )
        for webhook, waiting, status, lease in zip(webhooks, rest[::3], rest[1::3], rest[2::3], strict=True)
    ]


def _sender(lease: list[bytes | None], now: int) -> str:
    owner, expires_at_ms = lease
    is_held = owner and expires_at_ms and int(expires_at_ms) > now
    return cast("bytes", owner).decode() if is_held else ""


def _instant(ms: str | None) -> datetime | None:
    return datetime.fromtimestamp(int(ms) / 1000, UTC) if ms and ms.isdigit() else None
