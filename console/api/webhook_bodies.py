"""What is sent of a webhook and of a snooze."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from console.api.bodies import Body, Line
from shared.cameras import LoginPlace
from shared.messages import CameraId, ViolationState
from shared.webhooks import WebhookName


def _absolute(address: str) -> str:
    if address.startswith("file:") and not address.startswith("file:/"):
        raise ValueError("file: takes an absolute path of the events workers' machines")
    return address


Address = Annotated[
    Line,
    AfterValidator(_absolute),
    Field(description="http or https; one with a key in it as env:NAME or file:/PATH, where events workers find it."),
]
Secrets = Annotated[
    tuple[LoginPlace, ...],
    Field(max_length=2, description="env:NAME or file:/PATH, where events workers find what signs."),
]
Events = Annotated[tuple[ViolationState, ...], Field(min_length=1, max_length=3)]
Cameras = Annotated[tuple[CameraId, ...], Field(max_length=1_000, description="Only of these; [] is all.")]
Zones = Annotated[tuple[Line, ...], Field(max_length=1_000, description="Only what opens in these; [] is all.")]
Share = Annotated[float, Field(ge=0, le=1, description="Only what is at least so sure when it opens.")]
Cooldown = Annotated[
    float, Field(ge=0, le=604_800, description="Seconds after one of a camera in which no more of it is sent.")
]


class WebhookChanges(Body):
    """What is given is changed; the rest, and what waits, stays."""

    url: Address | None = None
    secrets: Secrets | None = None
    events: Events | None = None
    cameras: Cameras | None = None
    zones: Zones | None = None
    min_confidence: Share | None = None
    cooldown_s: Cooldown | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The fields of a webhook that are given."""
        return {name: value for name in WebhookChanges.model_fields if (value := getattr(self, name)) is not None}


class NewWebhook(WebhookChanges):
    """Who is told of violations, and of which; what is not given stands for no limit."""

    name: WebhookName
    url: Address


class SnoozeRequest(Body):
    """How long nothing of what opens is sent: a span or an end."""

    webhook: WebhookName | None = Field(default=None, description="Null is all webhooks.")
    camera: CameraId | None = Field(default=None, description="Null is all cameras.")
    span: Line | None = Field(default=None, alias="for", description="90s, 30m, 2h, 7d.")
    until: Line | None = Field(default=None, description="2026-11-23T18:00; without a zone by the console's clock.")
