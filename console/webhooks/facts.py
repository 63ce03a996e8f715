"""What is shown of webhooks: never an address's path, never a secret."""

from datetime import datetime

from pydantic import Field
from rich.table import Table
from rich.text import Text

from console.instants import Instant
from console.webhooks.reading import WebhookReading
from console.webhooks.snoozing import Snoozed
from shared.messages import Message, ViolationState
from shared.webhooks import EVERY, Outcome


class SnoozeRecord(Message):
    """A time in which a webhook is told of nothing that opens."""

    camera: str | None = Field(description="Null is all cameras.")
    until: Instant
    is_of_all_webhooks: bool


class WebhookFigures(Message):
    """A webhook, what became of its events, and what lasts now."""

    name: str
    url: str = Field(description="Its address without path and query, or where events workers find it.")
    secrets: tuple[str, ...] = Field(description="Where events workers find what signs; never the secret itself.")
    events: tuple[ViolationState, ...]
    cameras: tuple[str, ...] = Field(description="Only of these; empty for all.")
    zones: tuple[str, ...] = Field(description="Only what opens in these; empty for all.")
    min_confidence: float
    cooldown_s: float = Field(description="Seconds after one of a camera in which no more of it is sent.")
    waiting: int = Field(description="Events that are not delivered yet.")
    counts: dict[Outcome, int] = Field(description="Events, or tries, by what became of them.")
    is_failing: bool = Field(description="Whether the last try failed.")
    last_delivered_at: Instant | None
    last_error: str | None
    last_error_at: Instant | None
    snoozes: tuple[SnoozeRecord, ...]
    sender: str | None = Field(description="The events worker that sends; null while none does.")


def as_message(each: WebhookReading) -> WebhookFigures:
    """All of it, for programs."""
    webhook = each.webhook
    return WebhookFigures(
        name=webhook.name,
        url=webhook.shown_url,
        secrets=webhook.secrets,
        events=webhook.events,
        cameras=webhook.cameras,
        zones=webhook.zones,
        min_confidence=webhook.min_confidence,
        cooldown_s=webhook.cooldown_s,
        waiting=each.waiting,
        counts={outcome: each.count(outcome) for outcome in Outcome},
        is_failing=each.is_failing,
        last_delivered_at=each.delivered_at,
        last_error=each.error or None,
        last_error_at=each.error_at,
        snoozes=tuple(map(_snooze, each.snoozes)),
        sender=each.sender or None,
    )


def lines(each: WebhookReading) -> list[str]:
    """All of it, for people."""
    webhook = each.webhook
    counts = ", ".join(f"{each.count(outcome)} {outcome}" for outcome in Outcome if each.count(outcome))
    filters = [
        *(["cameras " + ", ".join(webhook.cameras)] if webhook.cameras else []),
        *(["zones " + ", ".join(webhook.zones)] if webhook.zones else []),
        *([f"confidence from {webhook.min_confidence:g}"] if webhook.min_confidence else []),
    ]
    return [
        f"{webhook.name}  {webhook.shown_url}",
        f"events: {', '.join(webhook.events)}",
        f"only: {'; '.join(filters) or 'no limits'}",
        f"cool-down: {f'{webhook.cooldown_s:g} s' if webhook.cooldown_s else 'none'}",
        f"signed with: {', '.join(webhook.secrets) or 'nothing'}",
        f"waiting: {each.waiting}",
        f"so far: {counts or 'nothing'}",
        f"last delivered: {_when(each.delivered_at)}",
        f"last error: {f'{each.error}, {_when(each.error_at)}' if each.error else 'none'}",
        *(f"snoozed: {snoozed.as_line}" for snoozed in each.snoozes),
        f"sent by: {each.sender or 'nobody: no events worker runs'}",
    ]


def state_of(each: WebhookReading) -> str:
    """One word on how it goes."""
    if not each.sender:
        return "nobody sends"
    if each.is_failing:
        return "failing"
    return "snoozed" if any(snoozed.camera == EVERY for snoozed in each.snoozes) else "ready"


def table(webhooks: list[WebhookReading]) -> Table:
    """One line each."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("webhook", "state", "waiting", "delivered", "address"):
        shown.add_column(
            heading, justify="right" if heading in {"waiting", "delivered"} else "left", overflow="ellipsis"
        )
    for each in webhooks:
        numbers = (str(each.waiting), str(each.count(Outcome.DELIVERED)))
        # Texts of their own, so that brackets in an address are no markup.
        shown.add_row(Text(each.webhook.name), Text(state_of(each)), *numbers, Text(each.webhook.shown_url))
    return shown


def _snooze(snoozed: Snoozed) -> SnoozeRecord:
    camera = None if snoozed.camera == EVERY else snoozed.camera
    return SnoozeRecord(camera=camera, until=snoozed.until, is_of_all_webhooks=snoozed.webhook == EVERY)


def _when(instant: datetime | None) -> str:
    return f"{instant.astimezone():%Y-%m-%d %H:%M:%S}" if instant else "never"
