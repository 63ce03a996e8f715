import json
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from console.command import run
from console.heartbeat import reading
from console.heartbeat.exporter import HeartbeatCollector
from console.heartbeat.reading import HeartbeatState
from console.heartbeat.status import heartbeat_status
from shared.connections import Servers, connect
from shared.heartbeat_faces import HeartbeatField, HeartbeatOutcome, instant
from shared.streams import CAMERAS, HEARTBEAT, HEARTBEAT_CAMERA
from tests.console.builders import a_camera, attach
from tests.garbage import GARBAGE
from tests.producer.servers import free_port
from worker.events.heartbeat.ledger import Ledger

PREFIX = "maskwatch_heartbeat"


def _tell(servers: Servers, counted_s_ago: float = 5, since_s_ago: float = 600, **fields: object) -> None:
    """As a producer and an events worker left it."""
    now = instant(servers.state)
    told = {
        HeartbeatField.INTERVAL_S: 60,
        HeartbeatField.SINCE: now - since_s_ago,
        HeartbeatField.SENT_AT: now - counted_s_ago - 2,
        HeartbeatField.JUDGED_AT: now - counted_s_ago - 1,
        HeartbeatField.COUNTED_AT: now - counted_s_ago,
        HeartbeatField.DURATION_S: 1.25,
        HeartbeatField.LAST_OUTCOME: "right",
        "outcome:right": 9,
        "right:with_mask": 1,
        "right:without_mask": 1,
        **fields,
    }
    servers.state.hset(HEARTBEAT, mapping=cast("Any", told))


@pytest.fixture
def registry(servers: Servers) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(HeartbeatCollector(lambda: reading.read(servers.state)))
    return registry


def test_before_the_first_one_counters_are_zero_and_instants_are_absent(
    servers: Servers, registry: CollectorRegistry
) -> None:
    for outcome in ("right", "wrong", "lost"):
        assert registry.get_sample_value(f"{PREFIX}s_total", {"outcome": outcome}) == 0
    assert registry.get_sample_value(f"{PREFIX}_last_timestamp_seconds", {"stage": "counted"}) is None
    assert registry.get_sample_value(f"{PREFIX}_right", {"label": "with_mask"}) is None
    assert registry.get_sample_value(f"{PREFIX}_duration_seconds") is None
    assert reading.read(servers.state).state is HeartbeatState.WAITING


def test_how_the_last_one_fared_comes_out(servers: Servers, registry: CollectorRegistry) -> None:
    _tell(servers, **{"right:with_mask": 0, "outcome:wrong": 2})
    assert registry.get_sample_value(f"{PREFIX}s_total", {"outcome": "right"}) == 9
    assert registry.get_sample_value(f"{PREFIX}s_total", {"outcome": "wrong"}) == 2
    assert registry.get_sample_value(f"{PREFIX}_right", {"label": "with_mask"}) == 0
    assert registry.get_sample_value(f"{PREFIX}_right", {"label": "without_mask"}) == 1
    assert registry.get_sample_value(f"{PREFIX}_duration_seconds") == 1.25
    assert registry.get_sample_value(f"{PREFIX}_interval_seconds") == 60
    stages = [
        registry.get_sample_value(f"{PREFIX}_last_timestamp_seconds", {"stage": stage})
        for stage in ("sent", "judged", "counted")
    ]
    assert stages == sorted(cast("list[float]", stages))


def test_a_server_that_is_away_gives_nothing_rather_than_zeros() -> None:
    away = connect(f"redis://127.0.0.1:{free_port()}")
    registry = CollectorRegistry()
    registry.register(HeartbeatCollector(lambda: reading.read(away)))
    assert registry.get_sample_value(f"{PREFIX}s_total", {"outcome": "right"}) is None


@pytest.mark.parametrize(
    ("told", "state", "complaint"),
    [
        ({}, "right", ""),
        ({"counted_s_ago": 170}, "right", ""),
        ({"counted_s_ago": 200}, "stale", "has come through for 200 s"),
        # Who has just begun to send after a night gets his time.
        ({"counted_s_ago": 40_000, "since_s_ago": 20}, "right", ""),
        ({"last_outcome": "lost"}, "lost", "was lost on its way"),
        ({"last_outcome": "wrong", "right:with_mask": 0}, "wrong", "it was not told with_mask"),
        ({"counted_s_ago": 200, "interval_s": 0}, "off", ""),
    ],
)
def test_what_is_wrong_is_said_in_one_line(servers: Servers, told: dict[str, Any], state: str, complaint: str) -> None:
    _tell(servers, **told)
    found = reading.read(servers.state)
    assert found.state == state
    assert complaint in found.complaint
    assert bool(complaint) == bool(found.complaint)
    assert heartbeat_status(found).state == state


def test_status_says_it_to_people_and_to_programs(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    attach(servers, a_camera())
    _tell(servers, last_outcome="lost", **{"outcome:lost": 1})
    assert run(["status", "--redis", redis_url]) == 0
    assert "heartbeat: the last picture of known faces was lost on its way" in capsys.readouterr().out
    assert run(["status", "--json", "--redis", redis_url]) == 0
    told = json.loads(capsys.readouterr().out)["heartbeat"]
    assert 5 <= told.pop("last_counted_age_seconds") < 60
    assert told == {
        "state": "lost",
        "interval_seconds": 60,
        "last_duration_seconds": 1.25,
        "right": {"with_mask": True, "without_mask": True},
        "outcomes": {"right": 9, "wrong": 0, "lost": 1},
    }


@pytest.mark.parametrize(
    "command",
    [["camera", "add", HEARTBEAT_CAMERA, "rtsp://10.0.0.9/"], ["camera", "import", "cameras.yaml"]],
)
def test_no_camera_may_have_its_name(
    servers: Servers,
    redis_url: str,
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cameras.yaml").write_text(f"cameras:\n  - id: {HEARTBEAT_CAMERA}\n    source: rtsp://10.0.0.9/\n")
    assert run([*command, "--redis", redis_url]) == 2
    said = capsys.readouterr().err
    assert "Maskwatch's own heartbeat" in said
    assert said.count("\n") == 1
    assert not servers.state.hexists(CAMERAS, HEARTBEAT_CAMERA)


@pytest.mark.parametrize("name", GARBAGE)
def test_what_is_no_heartbeat_is_told_of_as_none(servers: Servers, name: str) -> None:
    known = [value for field, value in vars(HeartbeatField).items() if field.isupper()]
    fields = [*known, *(f"{HeartbeatField.OUTCOME}:{each}" for each in HeartbeatOutcome), b"\xff"]
    spoilt: dict[Any, Any] = dict.fromkeys(fields, GARBAGE[name])
    servers.state.hset(HEARTBEAT, mapping=spoilt)
    found = reading.read(servers.state)
    assert found.state is HeartbeatState.WAITING
    assert found.complaint == ""
    assert Ledger(servers.state).load().decided == 0
