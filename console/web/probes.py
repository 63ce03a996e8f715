"""What monitoring asks: /metrics, /healthz, /readyz, and where the other processes answer it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import APIRouter
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict
from starlette.responses import PlainTextResponse, Response

from console.web.context import Context
from shared import heartbeats
from shared.messages import ProcessInfo


class TargetGroup(BaseModel):
    """One process as Prometheus's HTTP service discovery wants it."""

    model_config = ConfigDict(frozen=True)

    targets: list[str]
    labels: dict[str, str]


def routes(registry: CollectorRegistry, readiness: Callable[[], str]) -> APIRouter:
    """The routes; ``readiness`` says what is missing, with an empty text when nothing is."""
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    def readyz() -> Response:
        missing = readiness()
        return PlainTextResponse(f"{missing or 'ready'}\n", 503 if missing else 200)

    @router.get("/prometheus/targets")
    def targets(context: Context) -> list[TargetGroup]:
        return [_target(info) for info in heartbeats.read(context.system.servers.state) if info.metrics_url]

    return router


def _target(info: ProcessInfo) -> TargetGroup:
    where = urlsplit(info.metrics_url)
    labels = {"__metrics_path__": where.path, "__scheme__": where.scheme, "role": info.role}
    # A port that changes with each start would make new series each time.
    named = {"instance": f"{info.host}/{info.name}"} if info.name else {}
    return TargetGroup(targets=[where.netloc], labels=labels | named)
