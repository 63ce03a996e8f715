"""Who is told of violations over HTTP, and when not."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from console.api.bodies import Line
from console.api.webhook_bodies import NewWebhook, SnoozeRequest, WebhookChanges
from console.errors import BadInput
from console.instants import Instant
from console.web.context import Context
from console.webhooks import declaring, snoozing
from console.webhooks.facts import WebhookFigures, as_message
from console.webhooks.reading import read_all, read_one
from console.webhooks.snoozing import Snoozed, Wanted
from shared.messages import Message
from shared.webhooks import EVERY

router = APIRouter(tags=["webhooks"])


class Tried(Message):
    """How a test event went."""

    said: str = Field(description="What the receiver answered, and after how long.")


class SnoozeAnswer(Message):
    """A time in which nothing of what opens is sent."""

    webhook: str | None = Field(description="Null is all webhooks.")
    camera: str | None = Field(description="Null is all cameras.")
    until: Instant


@router.get("/webhooks", operation_id="listWebhooks")
def webhooks(context: Context) -> list[WebhookFigures]:
    """All webhooks by name, with what became of their events."""
    return [as_message(each) for each in read_all(context.system.servers.state)]


@router.post("/webhooks", operation_id="addWebhook", status_code=201)
def add(context: Context, body: NewWebhook) -> WebhookFigures:
    """Post violations to an address from now on; 409 where the name stands for another one."""
    declaring.add(context.system.servers.state, body.name, body.values)
    return as_message(read_one(context.system.servers.state, body.name))


@router.get("/webhooks/{webhook}", operation_id="getWebhook")
def show(context: Context, webhook: str) -> WebhookFigures:
    """One webhook: what waits, what was delivered, what went wrong."""
    return as_message(read_one(context.system.servers.state, webhook))


@router.patch("/webhooks/{webhook}", operation_id="changeWebhook")
def change(context: Context, webhook: str, body: WebhookChanges) -> WebhookFigures:
    """Change what is given; the rest, and what waits, stays."""
    if not body.values:
        raise BadInput("nothing to change is given")
    declaring.change(context.system.servers.state, webhook, body.values)
    return as_message(read_one(context.system.servers.state, webhook))


@router.delete("/webhooks/{webhook}", operation_id="removeWebhook", status_code=204)
def remove(context: Context, webhook: str) -> None:
    """Tell it no more; what waits for it is not sent."""
    declaring.remove(context.system.servers.state, [webhook])


@router.post("/webhooks/{webhook}/test", operation_id="testWebhook")
def test(context: Context, webhook: str) -> Tried:
    """Post a test event from the console's machine; 409 says why it was not taken."""
    from console.webhooks import trying  # noqa: PLC0415 - loads what posts

    known = declaring.found(declaring.all_webhooks(context.system.servers.state), webhook)
    return Tried(said=trying.send_test(known))


@router.get("/snoozes", operation_id="listSnoozes")
def snoozes(context: Context) -> list[SnoozeAnswer]:
    """The snoozes that last."""
    return _told(snoozing.lasting(context.system.servers.state))


@router.post("/snoozes", operation_id="snooze", status_code=201)
def snooze(context: Context, body: SnoozeRequest) -> SnoozeAnswer:
    """Send nothing of what opens from now on for a while; it is not sent later either."""
    wanted = Wanted(body.webhook, body.camera, body.span, body.until, prefix="")
    (told,) = _told([snoozing.begin(context.system.servers.state, wanted)])
    return told


@router.delete("/snoozes", operation_id="unsnooze")
def unsnooze(
    context: Context,
    webhook: Annotated[Line | None, Query(description="Only of this webhook.")] = None,
    camera: Annotated[Line | None, Query(description="Only for this camera.")] = None,
) -> list[SnoozeAnswer]:
    """End snoozes; gives those that still last."""
    snoozing.end(context.system.servers.state, webhook, camera)
    return _told(snoozing.lasting(context.system.servers.state))


def _told(several: list[Snoozed]) -> list[SnoozeAnswer]:
    return [
        SnoozeAnswer(webhook=_or_all(each.webhook), camera=_or_all(each.camera), until=each.until) for each in several
    ]


def _or_all(name: str) -> str | None:
    return None if name == EVERY else name
