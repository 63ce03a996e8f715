"""One test event, posted from here."""

import time

from console.errors import CommandFailed
from shared.settings import EventsSettings, load
from shared.webhooks import Webhook
from worker.webhooks import delivery, fate
from worker.webhooks.fate import Next
from worker.webhooks.places import PlaceUnusable
from worker.webhooks.posting import NoAnswer


def send_test(webhook: Webhook) -> str:
    """Post a test event as events workers post theirs; says in one line how that went.

    Raises:
        CommandFailed: it was not taken; the message says why.
    """
    started = time.monotonic()
    try:
        post = delivery.post_of(webhook, delivery.of_test(webhook), load(EventsSettings).webhook_timeout_s)
        answer = post.send()
    except (NoAnswer, PlaceUnusable) as error:
        raise CommandFailed(f"webhook {webhook.name} ({webhook.shown_url}): {error}") from error
    found = fate.of(answer)
    if found.next is not Next.DONE:
        raise CommandFailed(f"webhook {webhook.name} ({webhook.shown_url}): {found.reason}")
    return f"{webhook.name} ({webhook.shown_url}): answers {answer.status} after {time.monotonic() - started:.3f} s"
