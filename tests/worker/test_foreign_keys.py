"""A key of one camera that holds something else than a stream: its neighbours are judged, and it when that is gone."""

import logging
from collections.abc import Callable

import pytest
import redis
from prometheus_client import CollectorRegistry

from shared.connections import Servers
from shared.foreign_keys import ForeignKeys
from shared.streams import KeySpace
from tests.waiting import eventually
from tests.worker.conftest import MakeWorker
from tests.worker.feed import KEYS, Feed
from worker.group import is_missing_group
from worker.loop import WorkerLoop
from worker.metrics import WorkerMetrics

KEYS_OF_A_CAMERA = pytest.mark.parametrize("key_of", [KeySpace.frames, KeySpace.results], ids=["frames", "results"])
KeyOf = Callable[[KeySpace, str], str]


def results_after(worker: WorkerLoop, feed: Feed) -> int:
    worker.run_once(1)
    return len(feed.results())


@KEYS_OF_A_CAMERA
def test_neighbours_are_judged_at_once(servers: Servers, make_worker: MakeWorker, key_of: KeyOf) -> None:
    feeds = [Feed(servers, camera) for camera in ("aisle", "gate", "yard")]
    servers.frames.set(key_of(KEYS, "gate"), "no stream")
    worker = make_worker()
    for feed in (feeds[0], feeds[2]):
        feed.put_empty_scenes(3)
    if key_of is KeySpace.results:
        feeds[1].put_empty_scenes(3)
    for _ in range(3):
        worker.run_once()
    assert [len(feeds[place].results()) for place in (0, 2)] == [3, 3]
    assert servers.frames.get(key_of(KEYS, "gate")) == b"no stream"


@KEYS_OF_A_CAMERA
def test_a_stream_that_becomes_something_else_is_named_once_and_judged_again_when_that_is_gone(
    servers: Servers, make_worker: MakeWorker, key_of: KeyOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    gate, yard = Feed(servers, "gate"), Feed(servers, "yard")
    worker = make_worker()
    gate.put_empty_scenes(1)
    eventually(lambda: results_after(worker, gate) == 1)
    key = key_of(KEYS, "gate")
    servers.frames.delete(key)
    servers.frames.set(key, "no stream")
    for number in range(4):
        yard.put_empty_scenes(1, first=number)
        if key_of is KeySpace.results:
            gate.put_empty_scenes(1, first=1 + number)
        worker.run_once()
    assert len(yard.results()) == 4
    servers.frames.delete(key)
    before, again = len(gate.results()), iter(range(10, 1_000))
    eventually(lambda: (gate.put_empty_scenes(1, first=next(again)), healed_after(worker, gate) > before)[1])
    named = [record.message for record in caplog.records if record.message.startswith(key)]
    assert [message.split()[1] for message in named] == ["holds", "is"]


def healed_after(worker: WorkerLoop, feed: Feed) -> int:
    """One pass as ``WorkerLoop.run`` makes it: a stream that is new has no group yet."""
    try:
        return results_after(worker, feed)
    except redis.ResponseError as error:
        assert is_missing_group(error)
        worker._group.forget()
        worker._next_cameras_at = 0.0
        return 0


def test_how_many_there_are_is_told() -> None:
    registry, foreign = CollectorRegistry(), ForeignKeys()
    WorkerMetrics(registry).tells(foreign)
    foreign.met("maskwatch:{s0}:frames:gate")
    assert registry.get_sample_value("maskwatch_foreign_keys") == 1
    foreign.served(["maskwatch:{s0}:frames:gate"])
    assert registry.get_sample_value("maskwatch_foreign_keys") == 0
