"""What is posted for an event: the body, the headers, the signature."""

import time
from datetime import UTC, datetime

from shared.webhooks import WaitingEvent, Webhook, WebhookEvent
from worker.webhooks import signing
from worker.webhooks.places import address_of, find
from worker.webhooks.posting import Post

EVENT_HEADER = "Maskwatch-Event"


def of_waiting(webhook: Webhook, waiting: WaitingEvent) -> WebhookEvent:
    """The message of an event that waited."""
    return WebhookEvent(
        event=f"violation.{waiting.violation.state}",  # type: ignore[arg-type]
        id=waiting.id,
        webhook=webhook.name,
        sent_at=datetime.now(UTC),
        camera=waiting.violation.camera,
        violation=waiting.violation,
    )


def of_test(webhook: Webhook) -> WebhookEvent:
    """A message that says nothing, to see whether it arrives."""
    now = datetime.now(UTC)
    return WebhookEvent(event="test", id=f"test:{int(now.timestamp() * 1000)}", webhook=webhook.name, sent_at=now)


def post_of(webhook: Webhook, event: WebhookEvent, timeout_s: float) -> Post:
    """The POST of an event, signed with each secret of the webhook.

    Raises:
        PlaceUnusable: the address or a secret is not where the webhook says; nothing goes out unsigned.
    """
    body = event.model_dump_json().encode()
    headers = {"Content-Type": "application/json", "User-Agent": "maskwatch", EVENT_HEADER: event.id}
    if webhook.secrets:
        secrets = [find(place) for place in webhook.secrets]
        headers[signing.HEADER] = signing.signature(secrets, int(time.time()), body)
    return Post(address_of(webhook.url), body, headers, timeout_s)
