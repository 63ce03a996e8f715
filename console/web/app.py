"""The web application: what is served where, and behind which gate."""

from collections.abc import Callable

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter

from console import api
from console.live import events, wall
from console.live.hub import Hub
from console.live.newsroom import Newsroom
from console.web import failures, pages, probes, session
from console.web.access import Access
from console.web.context import ApiContext
from console.web.gate import Gate
from console.web.session import Wrong
from shared import metric_names
from shared.process_metrics import release

API = "/api/v1"


def create_app(
    context: ApiContext, access: Access, registry: CollectorRegistry, readiness: Callable[[], str]
) -> FastAPI:
    """The app of one system; ``registry`` is what /metrics gives, ``readiness`` what keeps it from its work."""
    app = FastAPI(
        title="Maskwatch", version=release(), docs_url=None, redoc_url=None, openapi_url=f"{API}/openapi.json"
    )
    app.state.context, app.state.access, app.state.wrong = context, access, Wrong()
    app.state.hub = Hub(context.system.servers.frames, context.system.keys, registry)
    app.state.newsroom = Newsroom(context)
    requests = Counter(metric_names.WEB_REQUESTS, "Requests answered", ["method", "code"], registry=registry)
    app.add_middleware(Gate, access=access, requests=requests)
    failures.install(app)
    app.include_router(probes.routes(registry, readiness))
    for router in (session.router, events.router, wall.router):
        app.include_router(router, prefix=API)
    app.include_router(api.router())
    pages.install(app)
    return app
