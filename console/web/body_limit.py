"""Bounds what is read of a request: nothing that our API takes is large, and anybody may send something."""

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

MAX_BODY_BYTES = 1_000_000  # a file of cameras is the largest thing


class BodyTooLarge(Exception):
    """The body is larger than any that is taken."""


def states_too_much(scope: Scope) -> bool:
    """Whether a request says of itself that its body is too large."""
    stated = Headers(scope=scope).get("content-length", "")
    return stated.isdigit() and int(stated) > MAX_BODY_BYTES


def bounded(receive: Receive) -> Receive:
    """A body that says nothing of its size is read as far as it may be.

    Raises:
        BodyTooLarge: from the call that finds that there is more.
    """
    size = 0

    async def read() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge
        return message

    return read
