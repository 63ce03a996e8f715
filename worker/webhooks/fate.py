"""What a receiver's answer means for the event, and for those behind it."""

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus

from worker.webhooks.posting import Answer

_MAX_RETRY_AFTER_S = 3_600.0  # a receiver may ask for so much patience, and for no more
# The receiver, or what stands before it, is away or busy: what follows would fare no better.
_AWAY = frozenset({429, 502, 503, 504})
# The receiver failed at this event; it may do better with the next one.
_AGAIN = frozenset({408, 425})


class Next(Enum):
    """What is done with the event."""

    DONE = auto()
    LATER = auto()  # this event; others may go before it
    WAIT = auto()  # with all events
    NEVER = auto()


@dataclass(frozen=True)
class Fate:
    """What is done, why, and how many seconds of patience the receiver asked for."""

    next: Next
    reason: str = ""
    at_least_s: float = 0.0


def of(answer: Answer) -> Fate:
    """What an answer means."""
    status = answer.status
    if 200 <= status < 300:
        return Fate(Next.DONE)
    reason, patience_s = f"answers {_named(status)}", min(answer.retry_after_s, _MAX_RETRY_AFTER_S)
    if status in _AWAY:
        return Fate(Next.WAIT, reason, patience_s)
    if status in _AGAIN or 500 <= status < 600:
        return Fate(Next.LATER, reason, patience_s)
    if 300 <= status < 400:
        return Fate(Next.NEVER, f"{reason}: redirects are not followed, give the address where it leads to")
    return Fate(Next.NEVER, reason)


def _named(status: int) -> str:
    """The status with its own name; what the receiver calls it is not repeated."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
