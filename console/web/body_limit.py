"""Bounds what is read of a request: nothing that our API takes is large, and anybody may send something."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

MAX_BODY_BYTES = 1_000_000  # a file of cameras is the largest thing
_BODY_S = 30.0


class BodyTooLarge(Exception):
    """The body is larger than any that is taken."""


class BodyTooSlow(Exception):
    """The body has not come in its time."""


def states_too_much(scope: Scope) -> bool:
    """Whether a request says of itself that its body is too large."""
    stated = Headers(scope=scope).get("content-length", "")
    return stated.isdigit() and int(stated) > MAX_BODY_BYTES


def bounded(receive: Receive) -> Receive:
    """A body that says nothing of its size is read as far as it may be, and 30 s long.

    Raises:
        BodyTooLarge: from the call that finds that there is more.
        BodyTooSlow: from the call that waits for what does not come.
    """
    size, ends_at, is_read = 0, asyncio.get_running_loop().time() + _BODY_S, False

    async def read() -> Message:
        nonlocal size, is_read
        try:
            # What comes after the body is only that the client left, which may take for ever.
            async with asyncio.timeout_at(None if is_read else ends_at):
                message = await receive()
        except TimeoutError as error:
            raise BodyTooSlow from error
        is_read = not message.get("more_body", False)
        size += len(message.get("body", b""))
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge
        return message

    return read
