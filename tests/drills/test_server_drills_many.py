"""Hundreds of cameras, all of them files that are done: what each round asks of the servers does not grow with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from shared.cameras import Camera
from shared.connections import Servers
from shared.settings import EventsSettings
from shared.stream_looks import StreamLooks
from shared.streams import CAMERAS, WORKER_GROUP, CheckpointField, KeySpace
from worker.events.metrics import EventsMetrics
from worker.events.stage import EventsStage

KEYS = KeySpace()
CAMERAS_IN_ALL = 300


@pytest.fixture
def many(servers: Servers, tmp_path: Path) -> Servers:
    """Files that are judged to their end, with empty streams."""
    with servers.state.pipeline(transaction=False) as pipeline:
        for number in range(CAMERAS_IN_ALL):
            camera = Camera.model_validate({"id": f"file-{number}", "source": str(tmp_path / "clip.mp4"), "epoch": 1})
            pipeline.hset(CAMERAS, camera.id, camera.model_dump_json())
            pipeline.xgroup_create(KEYS.frames(camera.id), WORKER_GROUP, id="0", mkstream=True)
            done: dict[Any, Any] = {CheckpointField.STREAM_ID: "0-0", CheckpointField.EPOCH: 1}
            done |= {CheckpointField.NEXT_SEQUENCE: 1, CheckpointField.DONE_EPOCH: 1, CheckpointField.STATE: b""}
            pipeline.hset(KEYS.checkpoint(camera.id), mapping=done)
        pipeline.execute()
    return servers


@contextmanager
def counted(servers: Servers, calls: dict[str, int]) -> Iterator[None]:
    """How often each command was called within the block."""
    servers.state.config_resetstat()
    yield
    told: Any = servers.state.info("commandstats")
    calls |= {name.removeprefix("cmdstat_"): int(each["calls"]) for name, each in told.items()}


def test_an_events_worker_asks_nothing_of_files_that_are_done(many: Servers) -> None:
    stage = EventsStage(many, EventsSettings(events_lease_ms=60_000), "events-1", EventsMetrics(CollectorRegistry()))
    stage.run_once()
    assert len(stage.owned()) == CAMERAS_IN_ALL, "all of them in one round, where that is quick"
    calls: dict[str, int] = {}
    with counted(many, calls):
        for _ in range(3):
            stage.run_once()
    assert calls.get("get", 0) <= 3, calls


def test_a_producer_looks_into_no_stream_that_holds_nothing(many: Servers) -> None:
    names = [f"file-{number}" for number in range(CAMERAS_IN_ALL)]
    many.frames.xadd(KEYS.frames("file-7"), {"header": "{}"})
    calls: dict[str, int] = {}
    with counted(many, calls):
        assert StreamLooks(many.frames, KEYS).filled(names) == ["file-7"]
    assert calls["xlen"] == CAMERAS_IN_ALL
    assert "xinfo|groups" not in calls
