"""What happens, as server-sent events."""

import asyncio
from collections.abc import AsyncIterable

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from console.live.newsroom import Listener, Newsroom

router = APIRouter(tags=["events"])


@router.get("/events", response_class=EventSourceResponse, operation_id="events")
async def events(request: Request) -> AsyncIterable[ServerSentEvent]:
    """How the system is (`system`, every two seconds) and what becomes of violations (`violation`, as it happens)."""
    newsroom: Newsroom = request.app.state.newsroom
    listener = Listener(asyncio.get_running_loop())
    newsroom.add(listener)
    try:
        while True:
            for news in await listener.next():
                yield ServerSentEvent(event=news.event, raw_data=news.data)
    finally:
        newsroom.remove(listener)
