import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.command import run
from console.errors import BadInput
from console.violation_log import parse_since
from console.violations.following import Follower
from shared.connections import Servers
from shared.messages import Box, Dismissal, Violation, ViolationState
from shared.violations import dismiss, restore
from tests.console.builders import KEYS, a_camera, attach

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def open_violation(servers: Servers, violation_id: str, camera: str = "gate", at: datetime = NOON) -> Violation:
    violation = Violation(
        id=violation_id,
        camera=camera,
        state=ViolationState.OPENED,
        first_seen=at,
        opened_at=at,
        last_seen=at,
        confidence=0.9,
        observations=3,
        box=Box(0, 0, 10, 10),
        model_version=1,
        detector="haar",
    )
    value = violation.model_dump_json()
    servers.state.hset(KEYS.violations(camera), violation_id, value)
    servers.state.xadd(KEYS.violation_log(camera), {"violation": value})
    servers.state.hset(KEYS.snapshot_faces(camera), violation_id, b"a jpeg")
    return violation


def test_violations_of_all_cameras_come_oldest_first_one_json_object_a_line(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for camera in ("gate", "lobby"):
        attach(servers, a_camera(camera))
    open_violation(servers, "gate-2", at=NOON + timedelta(minutes=2))
    open_violation(servers, "lobby-1", "lobby", at=NOON + timedelta(minutes=1))
    assert run(["violations", "--json", "--redis", redis_url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["lobby-1", "gate-2"]


def test_violations_can_be_limited_to_a_camera_and_a_time_and_saved(
    servers: Servers, redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_violation(servers, "gate:1:0")
    open_violation(servers, "gate:1:9", at=NOON + timedelta(hours=1))
    options = ["--camera", "gate", "--since", "2026-11-23T12:30+00:00", "--save", str(tmp_path / "faces")]
    assert run(["violations", "--redis", redis_url, *options]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert [path.name for path in (tmp_path / "faces").iterdir()] == ["gate-1-9.jpg"]


def test_followers_get_news_of_cameras_attached_meanwhile(servers: Servers) -> None:
    attach(servers, a_camera())
    open_violation(servers, "old")
    news = Follower(servers.state, KEYS).news()

    def happen() -> None:
        attach(servers, a_camera("lobby"))
        open_violation(servers, "new", "lobby")

    thread = threading.Timer(0.1, happen)
    thread.start()
    assert next(news).violation.id == "new"
    thread.join()


def test_followers_hear_what_people_say_of_a_violation(servers: Servers) -> None:
    attach(servers, a_camera())
    violation = open_violation(servers, "gate-1-0-0")
    follower = Follower(servers.state, KEYS)
    dismiss(servers.state, KEYS, violation, Dismissal(violation=violation.id, at=NOON, reason="a painting"))
    (record,) = follower.next()
    assert record.dismissal is not None
    assert record.dismissal.reason == "a painting"
    restore(servers.state, KEYS, violation)
    assert [each.dismissal for each in follower.next()] == [None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", NOON - timedelta(seconds=90)),
        ("2h", NOON - timedelta(hours=2)),
        ("7d", NOON - timedelta(days=7)),
        ("2026-11-23T08:00+00:00", NOON - timedelta(hours=4)),
    ],
)
def test_since_is_a_duration_or_an_instant(text: str, expected: datetime) -> None:
    assert parse_since(text, NOON) == expected


def test_since_is_nothing_else() -> None:
    with pytest.raises(BadInput, match="neither"):
        parse_since("yesterday", NOON)
