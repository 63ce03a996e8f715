import threading
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from prometheus_client import CollectorRegistry

from shared import heartbeats
from shared.cameras import Camera, CameraState, CaptureStatus
from shared.connections import Servers
from shared.messages import DropReason, FrameOutcome, Label, ProcessInfo
from shared.review import ReviewFolder
from shared.settings import EventsSettings
from shared.streams import CAMERAS, RESULT, CheckpointField, CountField
from shared.zones import Point, Zone
from tests.builders import a_detection, a_result
from tests.review import a_crop
from tests.waiting import eventually
from tests.worker.events.attached import KEYS, attach, counted, publish
from worker.events.metrics import EventsMetrics
from worker.events.review_writer import ReviewWriter
from worker.events.stage import EventsStage

BARE = a_detection()


def _attach_with_zones(servers: Servers, *zones: Zone) -> None:
    camera = Camera.model_validate({"id": "gate", "source": "rtsp://cam/1", "epoch": 1, "zones": zones})
    servers.state.hset(CAMERAS, "gate", camera.model_dump_json())


def _stage(servers: Servers, name: str = "events-1", registry: CollectorRegistry | None = None) -> EventsStage:
    settings = EventsSettings(reorder_window_s=0.2, events_lease_ms=600)
    return EventsStage(servers, settings, name, EventsMetrics(registry or CollectorRegistry()))


def _end(servers: Servers, captured: int) -> None:
    status = CaptureStatus(camera="gate", state=CameraState.STOPPED, epoch=1, captured=captured, has_ended=True)
    servers.state.set(KEYS.capture("gate"), status.model_dump_json())


def _beat(servers: Servers, *names: str) -> None:
    for name in names:
        now = datetime.now(UTC)
        info = ProcessInfo(id=name, role="events", pid=1, host="h", started_at=now, heartbeat_at=now)
        heartbeats.write(servers.state, info)


def _run_until(stage: EventsStage, condition: Callable[[], object]) -> None:
    eventually(lambda: (stage.run_once(), condition())[1])


def test_a_files_frames_are_counted_and_its_end_is_noted(servers: Servers) -> None:
    attach(servers, "gate")
    publish(servers, *(a_result(n, BARE) for n in range(10)))
    _end(servers, captured=10)
    stage = _stage(servers)
    _run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 10)
    assert counted(servers, CountField.VIOLATIONS) == 1
    assert servers.state.hget(KEYS.checkpoint("gate"), CheckpointField.DONE_EPOCH) == b"1"


def test_a_live_cameras_missing_frame_is_given_up_though_nothing_follows(servers: Servers) -> None:
    attach(servers, "gate", source="rtsp://cam/1")
    publish(servers, a_result(0, on_overload="drop_oldest"), a_result(2, on_overload="drop_oldest"))
    stage = _stage(servers)
    _run_until(stage, lambda: counted(servers, "dropped:lost"))
    assert counted(servers, CountField.PROCESSED) == 2


def test_two_events_workers_share_the_cameras(servers: Servers) -> None:
    attach(servers, "a", "b", "c", "d")
    _beat(servers, "events-1", "events-2")
    stages = [_stage(servers, name) for name in ("events-1", "events-2")]
    for stage in stages:
        stage.run_once()
    assert [len(stage._ownership.stages) for stage in stages] == [2, 2]


def test_a_dead_workers_cameras_are_taken_over_with_their_counts(servers: Servers) -> None:
    attach(servers, "gate")
    publish(servers, *(a_result(n, BARE) for n in range(6)))
    _stage(servers, "dies").run_once()
    publish(servers, *(a_result(n, BARE) for n in range(4, 12)))
    successor = _stage(servers, "takes-over")
    _run_until(successor, lambda: counted(servers, CountField.PROCESSED) == 12)
    assert counted(servers, CountField.VIOLATIONS) == 1


def test_a_detached_cameras_people_are_counted(servers: Servers) -> None:
    attach(servers, "gate", source="rtsp://cam/1")
    publish(servers, *(a_result(n, BARE, on_overload="drop_oldest") for n in range(10)))
    stage = _stage(servers)
    stage.run_once()
    servers.state.hdel(CAMERAS, "gate")
    _run_until(stage, lambda: counted(servers, f"{CountField.PEOPLE}:without_mask"))


def test_frames_that_were_on_their_way_when_a_camera_was_detached_are_counted_when_it_comes_back(
    servers: Servers,
) -> None:
    attach(servers, "gate", source="rtsp://cam/1")
    publish(servers, *(a_result(n, on_overload="drop_oldest") for n in range(3)))
    stage = _stage(servers)
    _run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 3)
    servers.state.hdel(CAMERAS, "gate")
    _run_until(stage, lambda: not stage.owned())
    evicted = a_result(4, on_overload="drop_oldest").model_copy(
        update={"outcome": FrameOutcome.DROPPED, "reason": DropReason.OVERLOAD}
    )
    publish(servers, a_result(3, on_overload="drop_oldest"), evicted)
    again = Camera.model_validate({"id": "gate", "source": "rtsp://cam/1", "epoch": 2})
    servers.state.hset(CAMERAS, "gate", again.model_dump_json())
    publish(servers, a_result(0, epoch=2, on_overload="drop_oldest"))
    _run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 5)
    assert counted(servers, "dropped:overload") == 1


def test_other_zones_reach_a_camera_that_is_judged_already_and_lose_no_track(servers: Servers) -> None:
    far_away = Zone(corners=(Point(0.9, 0.9), Point(1, 0.9), Point(1, 1)))
    _attach_with_zones(servers, far_away)
    settings = EventsSettings(events_lease_ms=3_000)
    stage = EventsStage(servers, settings, "events-1", EventsMetrics(CollectorRegistry()))
    publish(servers, *(a_result(n, BARE, on_overload="drop_oldest") for n in range(5)))
    _run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 5)
    judged_by = stage._ownership.stages["gate"]
    _attach_with_zones(servers)
    more = (a_result(n, BARE, on_overload="drop_oldest") for n in count(5))

    def violations_after_one_more() -> object:
        publish(servers, next(more))
        return servers.state.hlen(KEYS.violations("gate"))

    _run_until(stage, violations_after_one_more)
    assert stage._ownership.stages["gate"] is judged_by
    assert servers.state.hkeys(KEYS.violations("gate")) == [b"gate-1-0-0"]
    assert 0 < counted(servers, f"{CountField.FACES}:without_mask") <= counted(servers, CountField.PROCESSED) - 5


def test_a_stopped_worker_gives_its_cameras_up_at_once(servers: Servers) -> None:
    attach(servers, "gate")
    stop = threading.Event()
    stopping = _stage(servers, "stops")
    stopping.run_once()
    stop.set()
    stopping.run(stop)
    successor = _stage(servers, "next")
    successor.run_once()
    assert list(successor._ownership.stages) == ["gate"]


def test_what_was_judged_shows_in_the_metrics(servers: Servers) -> None:
    attach(servers, "gate")
    publish(servers, *(a_result(n) for n in range(3)))
    registry = CollectorRegistry()
    stage = _stage(servers, registry=registry)
    stage.run_once()
    assert stage.frames_due == 3
    labels = {"stage": "judge", "direction": "out"}
    assert registry.get_sample_value("maskwatch_stage_items_total", labels) == 3


def _publish_unsure(servers: Servers, frames: int) -> None:
    unsure = a_detection(label=Label.WITH_MASK, confidence=0.6)
    for n in range(frames):
        fields: dict[Any, Any] = {RESULT: a_result(n, a_detection(x=900), unsure).model_dump_json()}
        servers.frames.xadd(KEYS.results("gate"), fields | {b"face:0": a_crop(), b"face:1": a_crop()})


def _reviewing_stage(servers: Servers, folder: Path, name: str = "events-1") -> tuple[EventsStage, ReviewWriter]:
    settings = EventsSettings(review=folder, review_interval_s=0, events_lease_ms=600)
    metrics = EventsMetrics(CollectorRegistry())
    writer = ReviewWriter(ReviewFolder(folder), settings, metrics)
    writer.start()
    return EventsStage(servers, settings, name, metrics, writer), writer


def test_unsure_faces_are_kept_for_review(servers: Servers, tmp_path: Path) -> None:
    attach(servers, "gate")
    _publish_unsure(servers, 10)
    stage, writer = _reviewing_stage(servers, tmp_path / "review")
    _run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 10)
    writer.close()
    (item,) = ReviewFolder(tmp_path / "review").items()
    assert (item.model_label, item.sequence, item.why) == (Label.WITH_MASK, 0, "low_confidence")


def test_a_review_folder_that_cannot_be_written_changes_no_count(servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "review").write_bytes(b"a file")
    attach(servers, "gate")
    _publish_unsure(servers, 10)
    _end(servers, captured=10)
    stage, writer = _reviewing_stage(servers, tmp_path / "review")
    _run_until(stage, lambda: counted(servers, f"{CountField.PEOPLE}:without_mask") == 1)
    writer.close()
    assert counted(servers, CountField.PROCESSED) == 10


def test_a_replay_after_a_failed_commit_keeps_each_face_once(servers: Servers, tmp_path: Path) -> None:
    attach(servers, "gate")
    _publish_unsure(servers, 6)
    first, first_writer = _reviewing_stage(servers, tmp_path / "review", "dies")
    _run_until(first, lambda: counted(servers, CountField.PROCESSED) == 6)
    servers.state.delete(KEYS.checkpoint("gate"))  # as if its commit had never come through
    successor, second_writer = _reviewing_stage(servers, tmp_path / "review", "takes-over")
    _run_until(successor, lambda: counted(servers, CountField.PROCESSED) == 12)
    for writer in (first_writer, second_writer):
        writer.close()
    assert ReviewFolder(tmp_path / "review").count() == 1


def _hold_back(servers: Servers, stage: EventsStage, frames: int) -> None:
    """Frames of a live camera that are read, and of which nothing is written yet."""
    attach(servers, "gate", source="rtsp://cam/1")
    unchanged = DropReason.UNCHANGED
    publish(servers, *(a_result(n, dropped=unchanged, on_overload="drop_oldest") for n in range(frames)))
    assert stage.run_once() == frames
    assert counted(servers, "dropped:unchanged") == 0


def test_frames_that_are_nothing_but_counts_are_committed_soon(servers: Servers) -> None:
    stage = _stage(servers)
    _hold_back(servers, stage, 3)
    _run_until(stage, lambda: counted(servers, "dropped:unchanged") == 3)


def test_a_stopped_worker_commits_what_it_held_back(servers: Servers) -> None:
    stage, stop = _stage(servers), threading.Event()
    _hold_back(servers, stage, 3)
    stop.set()
    stage.run(stop)
    assert counted(servers, "dropped:unchanged") == 3


def test_what_was_held_back_is_committed_when_the_frames_server_fails(servers: Servers) -> None:
    """It may have forgotten the results when it is back."""
    stage = _stage(servers)
    _hold_back(servers, stage, 3)
    servers.frames.execute_command("ACL SETUSER", "default", "-xread")  # type: ignore[no-untyped-call]
    try:
        with pytest.raises(redis.RedisError):
            stage.run_once()
    finally:
        servers.frames.execute_command("ACL SETUSER", "default", "+@all")  # type: ignore[no-untyped-call]
    assert counted(servers, "dropped:unchanged") == 3


def test_results_that_came_while_the_state_server_held_a_pass_up_are_not_taken_for_missing(
    two_servers: Servers,
) -> None:
    attach(two_servers, "gate", source="rtsp://cam/1")
    attach(two_servers, "file")
    stage = EventsStage(
        two_servers, EventsSettings(reorder_window_s=0.2), "events-1", EventsMetrics(CollectorRegistry())
    )
    stage.run_once()
    publish(two_servers, a_result(0), camera="file")  # which is committed in the same pass
    publish(two_servers, *(a_result(n, on_overload="drop_oldest") for n in (0, 2)))
    two_servers.state.client_pause(500)
    stage.run_once()
    publish(two_servers, a_result(1, on_overload="drop_oldest"))
    _run_until(stage, lambda: counted(two_servers, CountField.PROCESSED) == 3)
    assert counted(two_servers, f"{CountField.DROPPED}:{DropReason.LOST}") == 0


def test_one_camera_that_was_lost_does_not_hold_up_the_commits_of_others(servers: Servers) -> None:
    attach(servers, "a", "b", "c")
    stage = _stage(servers)
    stage.run_once()
    servers.state.hset(KEYS.events_lease("b"), mapping={"owner": "another", "token": 9})
    for camera in ("a", "b", "c"):
        publish(servers, a_result(0, BARE), camera=camera)
    _run_until(stage, lambda: counted(servers, CountField.PROCESSED, "c") == 1)
    assert [counted(servers, CountField.PROCESSED, camera) for camera in ("a", "b", "c")] == [1, 0, 1]
    assert "b" not in stage.owned()
