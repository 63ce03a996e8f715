"""Garbage in every key of the servers is passed over: no answer and no metric fails for it."""

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from console.collectors import register
from console.finding import RunningSystem
from console.web.context import ApiContext
from shared.connections import Servers
from shared.settings import ConsoleSettings
from shared.streams import quarter_of
from tests.console.api.client import Client
from tests.console.api.openapi import description, operations
from tests.console.api.sites import GATE, a_whole_site
from tests.console.builders import KEYS, a_camera, a_status, attach, make_group, publish, say
from tests.console.test_violations import open_violation
from tests.garbage import GARBAGE, spoil_everything

BROKEN = "broken"
# A stream never ends; these open cameras.
LEFT_OUT = frozenset({"/events", "/cameras/test", "/cameras/{camera}/still"})
PLACES = {"camera": BROKEN, "violation": "broken-1-1-0", "kind": "face", "version": "1", "area": "front",
          "webhook": "desk", "job": "none"}  # fmt: skip


@pytest.fixture
def site(api: Client, servers: Servers) -> Client:
    """One whole camera and one that is about to be spoilt."""
    a_whole_site(servers)
    broken = attach(servers, a_camera(BROKEN, "demo:bare"))
    say(servers, a_status(broken, captured=20))
    make_group(servers, BROKEN)
    publish(servers, BROKEN, 2)
    now = datetime.now(UTC)
    open_violation(servers, "broken-1-1-0", at=now)
    for key in (KEYS.counts(BROKEN), KEYS.history(BROKEN, quarter_of(now)), KEYS.capture_counts(BROKEN)):
        servers.state.hset(key, "processed", 5)
    fields = ("stream_id", "epoch", "next_sequence", "done_epoch", "state", "commits")
    servers.state.hset(KEYS.checkpoint(BROKEN), mapping=dict.fromkeys(fields, "1"))
    for key in (KEYS.producer_lease(BROKEN), KEYS.events_lease(BROKEN)):
        servers.state.hset(key, mapping={"owner": "a", "token": "1", "expires_at_ms": "1"})
    api.post("/areas", {"name": "front", "cameras": [GATE, "hall"]})
    api.post("/webhooks", {"name": "desk", "url": "http://127.0.0.1:1/"})
    return api


@pytest.mark.parametrize("name", ["no text", "no fields", "a number"])
def test_every_question_is_answered_and_the_whole_camera_is_told_of(site: Client, servers: Servers, name: str) -> None:
    asked = [each for each in operations(description(site)) if each.method == "GET" and each.path not in LEFT_OUT]
    spoil_everything(servers.state, BROKEN, GARBAGE[name])
    for operation in asked:
        path = operation.path
        for place, value in PLACES.items():
            path = path.replace(f"{{{place}}}", value)
        answer = site.send("GET", path)
        assert answer.status_code < 500, f"{path}: {answer.text}"
    assert [each["id"] for each in site.get("/cameras")] == [BROKEN, GATE, "hall"]


@pytest.mark.parametrize("name", ["nothing", "no text", "no fields", "a number", "an endless number"])
def test_every_metric_of_the_whole_camera_is_told(site: Client, servers: Servers, redis_url: str, name: str) -> None:
    spoil_everything(servers.state, BROKEN, GARBAGE[name])
    registry = CollectorRegistry()
    settings = ConsoleSettings(frames_redis=redis_url, state_redis=redis_url)
    register(registry, ApiContext(RunningSystem(servers, KEYS, None, redis_url), settings, None))
    samples = [sample for family in registry.collect() for sample in family.samples]
    told = {sample.name: sample.value for sample in samples if sample.labels.get("camera", GATE) == GATE}
    assert told["maskwatch_frames_processed_total"] == 100
    assert told["maskwatch_redis_up"] == 1
    assert "maskwatch_area_violations_total" in told
    assert any(name.startswith("maskwatch_webhook") for name in told)
