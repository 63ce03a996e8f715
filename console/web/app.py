"""The web application: what is served where, and behind which gate."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter

from console import api
from console.api import describing
from console.api.answers import FAILURES
from console.live import events, wall
from console.live.hub import Hub
from console.live.newsroom import Newsroom
from console.web import docs_page, failures, pages, probes, session
from console.web.access import Access
from console.web.attempts import Attempts
from console.web.context import ApiContext
from console.web.gate import Gate
from shared import metric_names
from shared.process_metrics import release

API = "/api/v1"


def create_app(
    context: ApiContext, access: Access, registry: CollectorRegistry, readiness: Callable[[], str]
) -> FastAPI:
    """The app of one system; ``registry`` is what /metrics gives, ``readiness`` what keeps it from its work."""
    hub, newsroom = Hub(context.system.servers.frames, context.system.keys, registry), Newsroom(context)
    app = FastAPI(
        lifespan=_running(hub, newsroom),
        title="Maskwatch",
        version=release(),
        description=describing.DESCRIPTION,
        openapi_tags=describing.TAGS,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
    )
    app.state.context, app.state.access, app.state.attempts = context, access, Attempts()
    app.state.hub, app.state.newsroom = hub, newsroom
    requests = Counter(metric_names.WEB_REQUESTS, "Requests answered", ["method", "code"], registry=registry)
    app.add_middleware(Gate, access=access, attempts=app.state.attempts, requests=requests)
    failures.install(app)
    app.include_router(probes.routes(registry, readiness, context.system.servers.state))
    for router in (session.router, events.router, wall.router):
        app.include_router(router, prefix=API, responses=FAILURES)
    app.include_router(api.router())
    describing.install(app)
    docs_page.install(app)
    pages.install(app)
    return app


def _running(*threads: Hub | Newsroom) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for each in threads:
            each.start()
        yield
        for each in threads:
            await asyncio.to_thread(each.close)

    return lifespan
