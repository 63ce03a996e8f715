"""Live cameras under overload: what is held back is counted, and nothing else changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import cv2
import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from producer.load.relief import Relief
from producer.metrics import ProducerMetrics
from producer.owning.camera_lease import CameraLease
from producer.owning.runners import RunnerFactory
from shared.cameras import Camera
from shared.connections import Servers
from shared.settings import ProducerSettings
from shared.streams import WORKER_GROUP
from tests.producer.builders import (
    KEYS,
    a_camera,
    assert_each_number_ended_once,
    attach,
    frames_of,
    results_of,
    running_producer,
    sequences_of,
)
from tests.producer.servers import mjpeg_server
from tests.waiting import eventually


@contextmanager
def _running(servers: Servers, camera: Camera, relief: Relief) -> Iterator[None]:
    """One live camera of which so much gives way."""
    metrics = ProducerMetrics(CollectorRegistry())
    factory = RunnerFactory(servers, KEYS, ProducerSettings(), "producer", metrics, None)
    lease = CameraLease.acquire(servers.state, KEYS.producer_lease(camera.id), "producer/1", 60_000, above=0)
    assert lease is not None
    _, runner = factory.make(camera, lease)
    factory.load.give_way(relief)
    runner.start()
    try:
        yield
    finally:
        runner.stop()
        runner.join(5)


def _throttled(servers: Servers) -> list[int]:
    return [each.sequence for each in results_of(servers) if each.reason == "throttled"]


def test_withheld_frames_are_numbered_in_order_and_told(servers: Servers) -> None:
    with mjpeg_server(interval_s=0.02) as source:
        camera = a_camera(source=source.url(), fps=50, motion="off")
        with _running(servers, camera, Relief(keyframes=1.0, rate=0.25)):
            eventually(lambda: len(_throttled(servers)) >= 30)
    assert_each_number_ended_once(servers)
    assert len(_throttled(servers)) == pytest.approx(3 * len(sequences_of(servers)), abs=6)
    ended = [header for header, _ in frames_of(servers)] + results_of(servers)
    times = [each.captured_at for each in sorted(ended, key=lambda each: each.sequence)]
    assert all(before <= after for before, after in pairwise(times))


def test_what_is_withheld_is_told_though_nothing_is_sent_behind_it(servers: Servers) -> None:
    with mjpeg_server(interval_s=0.02) as source:
        camera = a_camera(source=source.url(), fps=50, motion="off")
        with _running(servers, camera, Relief(rate=0.0001)):
            eventually(lambda: len(_throttled(servers)) >= 30)
            assert len(sequences_of(servers)) <= 2


def test_a_frame_says_how_often_it_is_to_be_halved(servers: Servers) -> None:
    large = bytes(cv2.imencode(".jpg", np.full((720, 1280, 3), 90, np.uint8))[1].tobytes())
    with mjpeg_server() as source:
        source.pictures = [large]
        camera = a_camera(source=source.url(), fps=20, motion="off")
        with _running(servers, camera, Relief(keyframes=1.0, rate=1.0, halvings=2)):
            eventually(lambda: len(frames_of(servers)) >= 2)
    headers = [header for header, _ in frames_of(servers)]
    assert {(each.halvings, each.width, each.height) for each in headers} == {(1, 1280, 720)}


@pytest.mark.long
def test_a_camera_gives_way_while_no_worker_takes_its_frames_and_comes_back(servers: Servers, redis_url: str) -> None:
    stream = KEYS.frames("gate")
    servers.frames.xgroup_create(stream, WORKER_GROUP, id="0", mkstream=True)
    with mjpeg_server(interval_s=0.02) as source:
        attach(servers, a_camera(source=source.url(), fps=25, motion="off"))
        with running_producer(redis_url, max_frames_per_camera=500):
            eventually(lambda: len(_throttled(servers)) >= 10)
            servers.frames.xgroup_setid(stream, WORKER_GROUP, id="$")  # a worker has taken all of them
            eventually(lambda: _took_all_in_a_row(servers, 5))
    assert_each_number_ended_once(servers)


def test_a_system_that_is_not_to_give_way_does_not(servers: Servers, redis_url: str) -> None:
    servers.frames.xgroup_create(KEYS.frames("gate"), WORKER_GROUP, id="0", mkstream=True)
    with mjpeg_server(interval_s=0.02) as source:
        attach(servers, a_camera(source=source.url(), fps=25, motion="off"))
        with running_producer(redis_url, late_after_ms=0, max_frames_per_camera=500):
            eventually(lambda: len(sequences_of(servers)) >= 40)
    assert results_of(servers) == []


def _took_all_in_a_row(servers: Servers, count: int) -> bool:
    numbers = sequences_of(servers)[-count:]
    servers.frames.xgroup_setid(KEYS.frames("gate"), WORKER_GROUP, id="$")
    return len(numbers) == count and numbers[-1] - numbers[0] == count - 1
