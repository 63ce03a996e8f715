"""The frames server dies, and its machine starts again with a clock that is behind."""

from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import FrameResult, OnOverload
from shared.settings import EventsSettings
from shared.streams import CAMERAS, RESULT, CountField, KeySpace
from tests.builders import a_detection, a_result
from tests.waiting import eventually
from worker.events.metrics import EventsMetrics
from worker.events.stage import EventsStage

KEYS = KeySpace()
RESULTS = KEYS.results("gate")
AHEAD_MS = 4_000_000_000_000  # in the year 2096


def _stage(servers: Servers, owner: str) -> EventsStage:
    return EventsStage(servers, EventsSettings(events_lease_ms=600), owner, EventsMetrics(CollectorRegistry()))


def _publish(servers: Servers, *results: FrameResult, clock_ms: int) -> None:
    for number, result in enumerate(results):
        fields: dict[Any, Any] = {RESULT: result.model_dump_json()}
        servers.frames.xadd(RESULTS, fields, id=f"{clock_ms + number}-0")


def _processed(servers: Servers) -> int:
    return int(servers.state.hget(KEYS.counts("gate"), CountField.PROCESSED) or 0)


@pytest.mark.parametrize(("source", "on_overload"), [("clip.mp4", "wait"), ("rtsp://cam/1", "drop_oldest")])
@pytest.mark.parametrize("is_another", [False, True], ids=["same-owner", "successor"])
def test_results_with_ids_below_those_read_are_counted_once(
    source: str, on_overload: OnOverload, is_another: bool, servers: Servers
) -> None:
    camera = Camera.model_validate({"id": "gate", "source": source, "epoch": 1})
    servers.state.hset(CAMERAS, "gate", camera.model_dump_json())
    results = [a_result(n, a_detection(), on_overload=on_overload) for n in range(12)]
    stage = _stage(servers, "events-1")
    _publish(servers, *results[:6], *results[7:8], clock_ms=AHEAD_MS)  # 7 waits for 6, which never comes
    eventually(lambda: (stage.run_once(), _processed(servers) == 6)[1])
    servers.frames.delete(RESULTS, KEYS.frames("gate"))
    if is_another:
        stage = _stage(servers, "events-2")
    _publish(servers, *results[4:], clock_ms=1_000)
    eventually(lambda: (stage.run_once(), _processed(servers) == 12)[1])
    _publish(servers, *results, clock_ms=2_000)
    for _ in range(3):
        stage.run_once()
    assert _processed(servers) == 12
    assert servers.state.hlen(KEYS.violations("gate")) == 1
