"""A webhook as the operator declares it, what is posted to it, and where it stands.

All keys of webhooks share one hash tag, so that what one of them remembers moves in one transaction.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints, field_validator

from shared.cameras import LoginPlace
from shared.messages import SCHEMA_VERSION, CameraId, Confidence, Message, Violation, ViolationState
from shared.redaction import has_secret

MAX_WEBHOOKS = 32  # each has a thread and a connection of its own
EVERY: Final = "*"  # all webhooks, or all cameras, in the name of a snooze

WebhookName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
_PLACES = ("env:", "file:")
_MAX_ADDRESS = 2_000


class Outcome(StrEnum):
    """What became of an event, or of one try to deliver it."""

    DELIVERED = "delivered"
    RETRIED = "retried"  # a try that failed; another one follows
    REFUSED = "refused"  # by an answer that no other try would change
    EXPIRED = "expired"  # it could not be delivered while it was young enough
    DROPPED = "dropped"  # too many waited
    SNOOZED = "snoozed"
    COOLING = "cooling"  # too soon after another one of its camera
    ERASED = "erased"  # the violation was, while the event waited
    UNREADABLE = "unreadable"  # no violation that this release understands


class StatusField:
    """Fields of a webhook's status hash besides the counts, which are named after their ``Outcome``."""

    DELIVERED_MS = "delivered_ms"  # when an event was last delivered, Unix time
    ERROR = "error"  # why one last was not, without any secret
    ERROR_MS = "error_ms"


def is_place(address: str) -> bool:
    """Whether an address is not given but kept where the sender finds it."""
    return address.startswith(_PLACES)


def check_address(address: str) -> str:
    """The address, when something can be posted to it.

    Raises:
        ValueError: what is wrong with it; nothing of the address is repeated.
    """
    if len(address) > _MAX_ADDRESS or not address.isascii() or not address.isprintable() or " " in address:
        raise ValueError(f"an address is at most {_MAX_ADDRESS} printable ASCII characters without blanks")
    try:
        parts = urlsplit(address)
        is_sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound:
        raise ValueError("an address begins with http:// or https:// and names a host")
    if "@" in parts.netloc:
        raise ValueError("an address holds no login: a receiver knows the sender by the signature (--secret)")
    return address


def shown(address: str) -> str:
    """What may be shown of an address: its path and query may hold a secret."""
    if is_place(address):
        return address
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/…"


def _checked(address: str) -> str:
    if is_place(address):
        return address
    check_address(address)
    if has_secret(address):
        raise ValueError("there is a key in the address: give it as env:NAME or file:PATH, so that it stays off Redis")
    return address


class Webhook(Message):
    """Who is told of violations, and of which.

    ``url`` is an address, or where the sender finds one (``env:NAME``, ``file:PATH``). With two ``secrets``
    each event is signed with both. Empty ``cameras`` and ``zones`` stand for all. ``cooldown_s`` begins with
    an opening; others of that camera within it are not sent. ``created_ms`` is the state server's clock, in
    Unix milliseconds: nothing older is sent.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    schema_version: Literal[1] = SCHEMA_VERSION
    name: WebhookName
    url: Annotated[str, AfterValidator(_checked)] = Field(repr=False)
    secrets: tuple[LoginPlace, ...] = Field(default=(), max_length=2)
    events: tuple[ViolationState, ...] = (ViolationState.OPENED, ViolationState.ENDED)
    cameras: tuple[CameraId, ...] = ()
    zones: tuple[str, ...] = ()
    min_confidence: Confidence = 0.0
    cooldown_s: float = Field(default=0.0, ge=0, le=604_800)
    created_ms: int = Field(ge=0)

    @field_validator("events")
    @classmethod
    def _updates_follow_an_opening(cls, events: tuple[ViolationState, ...]) -> tuple[ViolationState, ...]:
        if not events or (ViolationState.UPDATED in events and ViolationState.OPENED not in events):
            raise ValueError("events are opened, ended or both, and updated only together with opened")
        return tuple(state for state in ViolationState if state in events)

    @property
    def shown_url(self) -> str:
        """The only form of the address that may be shown."""
        return shown(self.url)

    @property
    def leading(self) -> ViolationState:
        """The first that is sent of a violation: filters, snoozes and the cool-down decide about it alone."""
        return self.events[0]


class Snooze(Message):
    """When a webhook is not told of what a camera opens; Unix milliseconds of the state server's clock."""

    from_ms: int = Field(ge=0)
    until_ms: int = Field(ge=0)


class WaitingEvent(Message):
    """A change of a violation that is to be posted. ``at_ms`` is when it was counted, Unix milliseconds."""

    id: str
    at_ms: int = Field(ge=0)
    violation: Violation


class WebhookEvent(Message):
    """What a receiver gets, as JSON.

    ``id`` is the same whenever the event is posted again. An event ``test`` has no violation.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    event: Literal["violation.opened", "violation.updated", "violation.ended", "test"]
    id: str
    webhook: WebhookName
    sent_at: AwareDatetime
    camera: CameraId | None = None
    violation: Violation | None = None
