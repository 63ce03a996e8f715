"""What monitoring asks: /metrics, /healthz, /readyz, and where the other processes answer it."""

from collections.abc import Callable
from urllib.parse import urlsplit

import redis
from fastapi import APIRouter
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict
from starlette.responses import PlainTextResponse, Response

from console.web.shared_answers import SharedAnswer
from shared import heartbeats
from shared.messages import ProcessInfo


class TargetGroup(BaseModel):
    """One process as Prometheus's HTTP service discovery wants it."""

    model_config = ConfigDict(frozen=True)

    targets: list[str]
    labels: dict[str, str]


def routes(registry: CollectorRegistry, readiness: Callable[[], str], state: redis.Redis) -> APIRouter:
    """The routes; ``readiness`` says what is missing, with an empty text when nothing is."""
    router = APIRouter(include_in_schema=False)
    collected = SharedAnswer(lambda: generate_latest(registry))
    missing = SharedAnswer(readiness)
    found = SharedAnswer(lambda: [_target(info) for info in heartbeats.read(state) if info.metrics_url])

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(await collected.get(), media_type=CONTENT_TYPE_LATEST)

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    async def readyz() -> Response:
        why = await missing.get()
        return PlainTextResponse(f"{why or 'ready'}\n", 503 if why else 200)

    @router.get("/prometheus/targets")
    async def targets() -> list[TargetGroup]:
        return await found.get()

    return router


def _target(info: ProcessInfo) -> TargetGroup:
    where = urlsplit(info.metrics_url)
    labels = {"__metrics_path__": where.path, "__scheme__": where.scheme, "role": info.role}
    # A port that changes with each start would make new series each time.
    named = {"instance": f"{info.host}/{info.name}"} if info.name else {}
    return TargetGroup(targets=[where.netloc], labels=labels | named)
