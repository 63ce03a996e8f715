"""A rolling upgrade: processes of this release meet what a newer one wrote, on real servers.

Unknown fields are passed over. An unknown schema version, kind, state or role is refused: the entry is a dead
letter or waits, everything else goes on, and each refusal is said once.
"""

import json
import logging
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from console import attaching, overview
from console.cameras.wishes import Wish
from console.errors import CommandFailed
from shared import camera_list, heartbeats
from shared.cameras import Camera, CameraState, CaptureStatus
from shared.connections import Servers
from shared.messages import ProcessInfo
from shared.model_registry import ModelError, ModelRegistry
from shared.settings import EventsSettings
from shared.streams import CAMERAS, DETAIL, PROCESSES, REASON, RESULT, CheckpointField, CountField, KeySpace
from tests.builders import a_detection, a_result
from tests.producer.builders import numbered_jpeg, running_producer
from tests.waiting import eventually
from tests.worker.conftest import MakeWorker, classifier, make_worker, metrics_registry, pipeline  # noqa: F401 - fixtures
from tests.worker.drawn import a_header
from tests.worker.feed import EMPTY_SCENE, Feed
from worker.events.metrics import EventsMetrics
from worker.events.stage import EventsStage

KEYS = KeySpace()
NEWER = {"schema_version": 2}
UNKNOWN = {"of_the_next_release": {"colours": [1, 2, 3]}}
BARE = a_detection()


def _changed(json_text: str, **values: object) -> bytes:
    return json.dumps(json.loads(json_text) | values).encode()


def _declare(servers: Servers, camera_id: str = "gate", source: str = "rtsp://cam/1", **values: object) -> None:
    camera = Camera.model_validate({"id": camera_id, "source": source, "epoch": 1})
    servers.state.hset(CAMERAS, camera_id, _changed(camera.model_dump_json(), **values))


def _stage(servers: Servers) -> EventsStage:
    settings = EventsSettings(reorder_window_s=0.2, events_lease_ms=600)
    return EventsStage(servers, settings, "events-1", EventsMetrics(CollectorRegistry()))


def _run_until(stage: EventsStage, condition: Callable[[], object]) -> None:
    eventually(lambda: (stage.run_once(), condition())[1])


def _publish(servers: Servers, sequence: int, values: Mapping[str, object] | None = None, *, live: bool = True) -> None:
    result = a_result(sequence, BARE, on_overload="drop_oldest" if live else "wait")
    fields: dict[Any, Any] = {RESULT: _changed(result.model_dump_json(), **(values or {}))}
    servers.frames.xadd(KEYS.results("gate"), fields)


def _counts(servers: Servers) -> dict[str, int]:
    stored = cast("dict[bytes, bytes]", servers.state.hgetall(KEYS.counts("gate")))
    ends = {CountField.PROCESSED, CountField.DROPPED, CountField.DEAD_LETTERED}
    return {name.decode(): int(n) for name, n in stored.items() if name.decode().partition(":")[0] in ends}


def test_a_frame_of_a_newer_schema_is_a_dead_letter_that_says_so(servers: Servers, make_worker: MakeWorker) -> None:  # noqa: F811
    feed = Feed(servers)
    extras: list[Mapping[str, object]] = [UNKNOWN, NEWER, {}]
    for sequence, extra in enumerate(extras):
        header = a_header(sequence, width=160, height=120).model_dump_json()
        feed.put(_changed(header, **extra), EMPTY_SCENE)
    worker = make_worker()
    while worker.run_once():
        pass
    assert [each.sequence for each in feed.results()] == [0, 2]
    (letter,) = feed.dead_letters()
    assert letter[REASON] == b"header" and b"schema_version" in letter[DETAIL]
    assert feed.pending() == 0


def test_a_header_without_what_later_releases_added_is_judged(servers: Servers, make_worker: MakeWorker) -> None:  # noqa: F811
    feed = Feed(servers)
    whole = json.loads(a_header(0, width=160, height=120).model_dump_json())
    for later in ("regions", "halvings", "clock_step_s"):
        del whole[later]
    feed.put(json.dumps(whole).encode(), EMPTY_SCENE)
    worker = make_worker()
    while worker.run_once():
        pass
    assert [each.outcome for each in feed.results()] == ["processed"]


def test_results_of_a_newer_schema_count_as_lost_and_hold_nothing_up(
    servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    _declare(servers)
    _publish(servers, 0, UNKNOWN)
    for sequence in range(1, 400):
        _publish(servers, sequence, NEWER)
    for sequence in range(400, 410):
        _publish(servers, sequence)
    stage = _stage(servers)
    with caplog.at_level(logging.WARNING):
        _run_until(stage, lambda: sum(_counts(servers).values()) == 410)
    assert _counts(servers) == {"processed": 11, "dropped:lost": 399}
    assert sum("cannot be read" in each.message for each in caplog.records) == 1


def test_a_files_results_of_a_newer_schema_wait_until_they_come_again(servers: Servers) -> None:
    _declare(servers, source="clip.mp4")
    for sequence in range(3):
        _publish(servers, sequence, NEWER if sequence == 1 else None, live=False)
    stage = _stage(servers)
    _run_until(stage, lambda: _counts(servers).get("processed") == 1)
    for _ in range(3):
        stage.run_once()
    assert _counts(servers) == {"processed": 1}
    _publish(servers, 1, live=False)  # the producer publishes again what is not judged
    _run_until(stage, lambda: _counts(servers).get("processed") == 3)
    assert _counts(servers) == {"processed": 3}


def test_a_camera_that_cannot_be_understood_is_left_to_newer_processes(
    servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    _declare(servers)
    _declare(servers, "thermal")
    stage = _stage(servers)
    _run_until(stage, lambda: len(stage.owned()) == 2)
    _declare(servers, "thermal", kind="thermal")
    _declare(servers, "gate", fov_degrees=90)
    with caplog.at_level(logging.ERROR):
        _run_until(stage, lambda: stage.owned() == ["gate"])
    assert servers.state.hget(KEYS.events_lease("thermal"), "owner") == b"", "another may have it at once"
    assert sum("'thermal' is left out" in each.message for each in caplog.records) == 1


def test_the_console_shows_the_others_and_changes_nothing_that_it_cannot_read(servers: Servers) -> None:
    _declare(servers)
    _declare(servers, "thermal", kind="thermal")
    declared = servers.state.hget(CAMERAS, "thermal")
    assert [each.camera.id for each in overview.read(servers, KEYS).cameras] == ["gate"]
    refusal = "'thermal' was declared by a newer release"
    with pytest.raises(CommandFailed, match=refusal):
        attaching.find(servers.state, "thermal")
    with pytest.raises(CommandFailed, match=refusal):
        attaching.attach(servers.state, KEYS, Wish("thermal", "rtsp://cam/2"))
    assert attaching.attach(servers.state, KEYS, Wish("door", "rtsp://cam/3")).id == "door"
    assert servers.state.hget(CAMERAS, "thermal") == declared


def test_a_status_that_cannot_be_read_stops_nobody(servers: Servers) -> None:
    _declare(servers, source="clip.mp4")
    status = CaptureStatus(camera="gate", state=CameraState.STOPPED, epoch=1, captured=1, has_ended=True)
    servers.state.set(KEYS.capture("gate"), _changed(status.model_dump_json(), state="dreaming"))
    _publish(servers, 0, live=False)
    stage = _stage(servers)
    _run_until(stage, lambda: _counts(servers) == {"processed": 1})
    (gate,) = overview.read(servers, KEYS).cameras
    assert gate.capture is None
    servers.state.set(KEYS.capture("gate"), _changed(status.model_dump_json(), **UNKNOWN))
    _run_until(stage, lambda: servers.state.hget(KEYS.checkpoint("gate"), CheckpointField.DONE_EPOCH) == b"1")


def _says(servers: Servers) -> CameraState | None:
    status = camera_list.captured(servers.state.get(KEYS.capture("gate")))
    return status.state if status else None


def test_a_producer_runs_beside_newer_processes_cameras_and_statuses(
    servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "0.jpg").write_bytes(numbered_jpeg(0))
    now = datetime.now(UTC)
    info = ProcessInfo(id="balancer", role="worker", pid=1, host="h", started_at=now, heartbeat_at=now)
    servers.state.hset(PROCESSES, "balancer", _changed(info.model_dump_json(), role="balancer"))
    servers.state.hset(PROCESSES, "worker", _changed(info.model_dump_json(), id="worker", **UNKNOWN))
    _declare(servers, "thermal", kind="thermal")
    _declare(servers, "gate", str(folder))
    servers.state.set(KEYS.capture("gate"), b'{"camera": "gate", "state": "dreaming", "epoch": 1}')
    with running_producer(redis_url, camera_key_file=tmp_path / "key"):
        eventually(lambda: _says(servers) == CameraState.STOPPED)
        assert {each.role for each in heartbeats.read(servers.state)} == {"producer", "worker"}


@pytest.mark.parametrize("is_readable", [True, False])
def test_a_checkpoint_of_a_newer_release_keeps_the_place_and_what_can_be_read(
    servers: Servers, is_readable: bool
) -> None:
    _declare(servers)
    for sequence in range(5):
        _publish(servers, sequence)
    stage = _stage(servers)
    _run_until(stage, lambda: _counts(servers).get("processed") == 5)
    key, field = KEYS.checkpoint("gate"), CheckpointField.STATE
    judge = zlib.decompress(cast("bytes", servers.state.hget(key, field))).decode()
    newer = zlib.compress(_changed(judge, **UNKNOWN)) if is_readable else b"packed in another way"
    servers.state.hset(key, mapping={field: newer, "of_the_next_release": "1"})
    servers.state.hset(KEYS.events_lease("gate"), "owner", "")
    successor = _stage(servers)
    _publish(servers, 5)
    _run_until(successor, lambda: _counts(servers).get("processed") == 6)
    assert _counts(servers) == {"processed": 6}
    after = json.loads(zlib.decompress(cast("bytes", servers.state.hget(key, field))))
    assert after["tracks"][0].get("observations", 1) == (6 if is_readable else 1)


def test_a_model_of_a_newer_release_is_refused_by_name(tmp_path: Path) -> None:
    version = tmp_path / "mask" / "1"
    version.mkdir(parents=True)
    (version / "manifest.json").write_text(json.dumps({"schema_version": 2, "version": 1}))
    with pytest.raises(ModelError, match="is not a manifest: schema_version"):
        ModelRegistry(tmp_path).manifest(1)
