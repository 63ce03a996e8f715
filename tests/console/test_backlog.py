from datetime import UTC, datetime, timedelta

from console import backlog
from console.backlog import Backlog
from shared.connections import Servers
from tests.console.builders import KEYS, make_group, publish, take


def backlog_of(servers: Servers, camera: str = "gate") -> Backlog:
    return backlog.read(servers.frames, KEYS, [camera])[0]


def test_a_camera_without_a_stream_has_nothing_waiting(servers: Servers) -> None:
    assert backlog_of(servers) == Backlog(0, None)


def test_everything_waits_before_there_is_a_group(servers: Servers) -> None:
    publish(servers, "gate", 3)
    assert backlog_of(servers).waiting == 3


def test_what_was_handed_out_waits_no_more(servers: Servers) -> None:
    make_group(servers, "gate")
    publish(servers, "gate", 50)
    take(servers, "gate", 7)
    found = backlog_of(servers)
    assert found.waiting == 43
    assert found.oldest_at is not None
    assert datetime.now(UTC) - found.oldest_at < timedelta(minutes=1)


def test_counts_stay_right_after_unread_frames_were_trimmed(servers: Servers) -> None:
    make_group(servers, "gate")
    publish(servers, "gate", 1_000, maxlen=100)
    assert backlog_of(servers).waiting == 100
    take(servers, "gate", 100)
    publish(servers, "gate", 5, maxlen=100)
    assert backlog_of(servers).waiting == 5


def test_each_camera_has_its_own_backlog(servers: Servers) -> None:
    publish(servers, "gate", 2)
    publish(servers, "lobby", 1)
    assert [each.waiting for each in backlog.read(servers.frames, KEYS, ["lobby", "gate", "roof"])] == [1, 2, 0]


def test_nothing_waits_in_what_is_no_stream_and_others_are_told_beside_it(servers: Servers) -> None:
    servers.frames.set(KEYS.frames("gate"), "no stream")
    publish(servers, "yard", 2)
    assert [each.waiting for each in backlog.read(servers.frames, KEYS, ["gate", "yard"])] == [0, 2]
