"""`maskwatch counts` and the metrics of the same counts, over a real server."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from console import overview
from console.command import run
from console.exporter import SystemCollector
from console.told_frames import ToldFrames
from shared.cameras import CameraState
from shared.connections import Servers
from shared.messages import BlindReason, Unjudged
from shared.streams import quarter_of
from tests.console.builders import KEYS, a_camera, a_status, attach, publish, run_process, say

HOUR = {
    "violations": 3,
    "dismissed": 1,
    "people:with_mask": 6,
    "people:without_mask": 2,
    "people:incorrect_mask": 1,
    "people:cannot_tell": 2,
    "people_by_size:40-80:with_mask": 6,
    "people_by_size:40-80:without_mask": 2,
    "unjudged:blurred": 2,
    "watched_ms": 600_000,
    "blind_ms:no_picture": 200_000,
    "dropped:overload": 7,
    "processed": 90,
}


@pytest.fixture
def site(servers: Servers) -> Servers:
    """The gate counted something two hours ago and is down; the lobby has never given a picture."""
    gate = attach(servers, a_camera())
    attach(servers, a_camera("lobby"))
    run_process(servers, "producer-1", role="producer")
    run_process(servers, "worker-1", model_version=2)
    now = datetime.now(UTC)
    down = a_status(gate, CameraState.BACKING_OFF).model_copy(update={"last_frame_at": now - timedelta(seconds=200)})
    say(servers, down)
    for key in (KEYS.history("gate", quarter_of(now - timedelta(hours=2))), KEYS.counts("gate")):
        servers.state.hset(key, mapping=HOUR)  # type: ignore[arg-type]
    return servers


def counts(redis_url: str, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert run(["counts", "--redis", redis_url, *options]) == 0
    return capsys.readouterr().out


def as_json(redis_url: str, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    found = json.loads(counts(redis_url, capsys, "--json", *options))
    assert isinstance(found, dict)
    return found


def test_the_gate_s_counts_are_told_in_full(site: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    gate = as_json(redis_url, capsys)["cameras"]["gate"]
    assert (gate["violations"], gate["dismissed"], gate["confirmed"]) == (3, 1, 2)
    assert gate["people"] == {"with_mask": 6, "without_mask": 2, "incorrect_mask": 1, "cannot_tell": 2}
    assert gate["unjudged"] == dict.fromkeys(Unjudged, 0) | {"blurred": 2}
    assert gate["frames_dropped"] == {"overload": 7}
    assert gate["blind_now"] == "no_picture"
    assert 400 <= gate["blind_seconds"].pop("no_picture") < 500  # of these 200 go on
    assert gate["blind_seconds"] == {"not_judged": 0}
    assert 0.54 < gate["coverage"] <= 0.6
    compliance = gate["compliance"]
    assert compliance["raw"] == 0.6667
    assert compliance["low"] < compliance["corrected"] < compliance["high"]


def test_a_camera_that_saw_nothing_says_so_beside_its_zero(
    site: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lobby = as_json(redis_url, capsys)["cameras"]["lobby"]
    assert (lobby["violations"], lobby["coverage"], lobby["compliance"]["raw"]) == (0, None, None)
    shown = counts(redis_url, capsys)
    assert "lobby: nothing was seen" in shown
    assert "gate: not seen: no picture for 7 min, right now no picture" in shown
    assert "cannot tell of people: 2 blurred" in shown


def test_hours_add_up_to_the_whole_and_what_goes_on_falls_where_it_is(
    site: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(redis_url, capsys, "--by", "hour", "--since", "5h", "--camera", "gate")
    gates = [step["cameras"]["gate"] for step in found["steps"]]
    assert len(gates) in {6, 7}
    assert sum(each["violations"] for each in gates) == found["total"]["violations"] == 3
    assert [each["blind_now"] for each in gates][-1] == "no_picture"
    blind_s = sum(each["blind_seconds"]["no_picture"] for each in gates)
    assert blind_s == pytest.approx(found["total"]["blind_seconds"]["no_picture"], abs=1)


def test_what_is_over_knows_of_no_blindness_of_today(
    site: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = as_json(redis_url, capsys, "--until", "1h")["cameras"]["gate"]
    assert (gate["violations"], gate["blind_now"]) == (3, None)
    assert gate["blind_seconds"]["no_picture"] == 200
    assert as_json(redis_url, capsys, "--since", "1h")["cameras"]["gate"]["violations"] == 0


def test_csv_has_a_line_for_each_camera_and_day(
    site: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = list(csv.DictReader(io.StringIO(counts(redis_url, capsys, "--csv", "--by", "day", "--since", "3d"))))
    assert len(lines) in {6, 8}
    assert sum(int(line["violations"]) for line in lines) == 3
    assert {line["camera"] for line in lines} == {"gate", "lobby"}
    assert {line["coverage"] for line in lines if line["camera"] == "lobby"} == {""}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--since tomorrow", "--since 'tomorrow' is neither"),
        ("--until 25h", "nothing lies between them"),
        ("--since 500d", "more than 400 days ago"),
        ("--camera nowhere", "there is no camera 'nowhere'; there are gate, lobby"),
        ("--json --csv", "not both"),
        ("--by minute", "--by"),
    ],
)
def test_a_mistake_is_one_line(
    site: Servers, redis_url: str, capsys: pytest.CaptureFixture[str], options: str, expected: str
) -> None:
    assert run(["counts", "--redis", redis_url, *options.split()]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line


def test_dashboards_tell_no_violations_from_not_seen(site: Servers) -> None:
    publish(site, "gate", 1)
    registry = CollectorRegistry()
    registry.register(SystemCollector(lambda: overview.read(site, KEYS), ToldFrames(site.state).never_falling))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    samples = {(each.name, *sorted(each.labels.items())): each.value for family in families for each in family.samples}

    def value(name: str, camera: str = "gate", **labels: str) -> float | None:
        return samples.get((f"maskwatch_{name}", *sorted({"camera": camera, **labels}.items())))

    assert value("people_total", outcome="incorrect_mask") == 1
    assert value("people_unjudged_total", reason="blurred") == 2
    assert value("violations_dismissed_total") == 1
    assert value("watched_seconds_total") == 600
    assert value("blind_seconds_total", reason="no_picture") == 200  # what goes on is not over
    assert 0.5 < (value("coverage_ratio") or 0) < 0.65
    low, high = value("compliance_corrected_low_ratio"), value("compliance_corrected_high_ratio")
    assert (low or 1) < (value("compliance_corrected_ratio") or 0) < (high or 0)
    assert value("compliance_raw_ratio") == pytest.approx(2 / 3)
    for reason in Unjudged:
        assert value("people_unjudged_total", "lobby", reason=reason) == 0
    for blind in BlindReason:
        assert value("blind_seconds_total", "lobby", reason=blind) == 0
    for name in ("coverage_ratio", "compliance_raw_ratio", "compliance_corrected_ratio"):
        assert value(name, "lobby") is None
