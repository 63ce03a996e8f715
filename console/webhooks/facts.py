"""What is shown of webhooks: never an address's path, never a secret."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from console.webhooks.reading import WebhookReading
from console.webhooks.snoozing import Snoozed
from shared.webhooks import EVERY, Outcome


def as_json(each: WebhookReading) -> dict[str, object]:
    """All of it, for programs."""
    webhook = each.webhook
    return {
        "name": webhook.name,
        "url": webhook.shown_url,
        "secrets": list(webhook.secrets),
        "events": [str(event) for event in webhook.events],
        "cameras": list(webhook.cameras),
        "zones": list(webhook.zones),
        "min_confidence": webhook.min_confidence,
        "cooldown_s": webhook.cooldown_s,
        "waiting": each.waiting,
        "counts": {outcome: each.count(outcome) for outcome in Outcome},
        "is_failing": each.is_failing,
        "last_delivered_at": _iso(each.delivered_at),
        "last_error": each.error or None,
        "last_error_at": _iso(each.error_at),
        "snoozes": [_snooze(snoozed) for snoozed in each.snoozes],
        "sender": each.sender or None,
    }


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


def _snooze(snoozed: Snoozed) -> dict[str, object]:
    camera = None if snoozed.camera == EVERY else snoozed.camera
    return {"camera": camera, "until": snoozed.until.isoformat(), "is_of_all_webhooks": snoozed.webhook == EVERY}


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _when(instant: datetime | None) -> str:
    return f"{instant.astimezone():%Y-%m-%d %H:%M:%S}" if instant else "never"
