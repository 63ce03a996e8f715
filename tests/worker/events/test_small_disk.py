"""A disk that is full while results come: what cannot be kept is counted or waits, no count is lost, all goes on."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from prometheus_client import CollectorRegistry

from shared.cameras import Camera
from shared.connections import Servers
from shared.review import ReviewFolder
from shared.settings import EventsSettings
from shared.streams import CAMERAS, RESULT, KeySpace
from tests.builders import a_detection, a_result
from tests.review import a_crop
from tests.small_disk import a_small_disk
from tests.waiting import eventually
from tests.worker.events.durable_server import a_durable_server
from worker.events.doubt import Doubt
from worker.events.metrics import EventsMetrics
from worker.events.review_writer import ReviewWriter
from worker.events.stage import EventsStage

KEYS = KeySpace()


def test_faces_for_which_there_is_no_room_are_counted_and_later_ones_kept() -> None:
    registry = CollectorRegistry()

    def count(outcome: str) -> float:
        return registry.get_sample_value("maskwatch_review_faces_total", {"outcome": outcome}) or 0.0

    def doubt(sequence: int) -> Doubt:
        result = a_result(sequence, a_detection(confidence=0.6))
        return Doubt(result.model_copy(update={"captured_at": datetime.now(UTC)}), 0, a_crop())

    with a_small_disk() as disk:
        folder = ReviewFolder(disk.root / "review")
        folder.make()
        writer = ReviewWriter(folder, EventsSettings(), EventsMetrics(registry))
        writer.start()
        disk.fill()
        writer.offer([doubt(1)])
        eventually(lambda: count("failed") >= 1)
        assert folder.items() == []
        disk.make_room()
        writer.offer([doubt(2)])
        eventually(lambda: count("written") == 1)
        writer.close()
        assert [item.sequence for item in folder.items()] == [2]


def _publish(servers: Servers, *sequences: int) -> None:
    for sequence in sequences:
        fields: dict[Any, Any] = {RESULT: a_result(sequence, a_detection()).model_dump_json()}
        servers.frames.xadd(KEYS.results("gate"), fields)


def test_counts_wait_for_a_state_server_whose_disk_is_full_and_none_is_missing(servers: Servers) -> None:
    with a_small_disk("2m") as disk, a_durable_server("everysec", str(disk.root)) as (_, state):
        site = Servers(servers.frames, state)
        camera = Camera.model_validate({"id": "gate", "source": "clip.mp4", "epoch": 1})
        state.hset(CAMERAS, "gate", camera.model_dump_json())

        def processed() -> bytes | str | None:
            return state.hget(KEYS.counts("gate"), "processed")

        stop, stage = threading.Event(), _stage(site)
        thread = threading.Thread(target=stage.run, args=(stop,))
        thread.start()
        _publish(site, *range(5))
        eventually(lambda: processed() == b"5")
        disk.fill()
        with pytest.raises(redis.RedisError, match="MISCONF"):
            _write_until_it_fails(state)
        _publish(site, *range(5, 10))
        with pytest.raises(redis.RedisError, match="MISCONF"):
            state.set("again", 1)
        assert thread.is_alive()
        assert processed() == b"5"
        disk.make_room()
        eventually(lambda: processed() == b"10", timeout_s=30)
        stop.set()
        thread.join()


def _stage(servers: Servers) -> EventsStage:
    settings = EventsSettings(reorder_window_s=0.2, events_lease_ms=600)
    return EventsStage(servers, settings, "events-1", EventsMetrics(CollectorRegistry()))


def _write_until_it_fails(state: redis.Redis) -> None:
    for number in range(100_000):
        state.set("filler", f"{number}" * 100)
