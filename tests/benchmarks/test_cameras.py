"""The benchmarks of cameras themselves, in small: few pictures, small ones, for a moment."""

import itertools
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from producer.pictures.encoding import encode
from producer.sources.base import SourceLimits
from producer.sources.opening import open_live
from tests.benchmarks import camera_costs, capture_latency, reconnects
from tests.benchmarks.camera_feeds import Feed, number_in, pictures_of
from tests.benchmarks.high_definition_cameras import serving
from tests.benchmarks.reconnects import WAYS, Plan, Sample, trend_of
from tests.producer.builders import a_camera, decoded

MJPEG = Feed(fps=50, loop_s=0.5, size=(320, 180))
RTSP = replace(MJPEG, wire="rtsp")
QUICK = camera_costs.Plan(cameras=(1, 2), motions=("medium",), seconds=0.6, settle_s=0.2, step_pictures=10)


@pytest.mark.parametrize("feed", [MJPEG, RTSP], ids=lambda feed: str(feed.wire))
def test_cameras_send_numbered_pictures_in_order_and_know_when(feed: Feed) -> None:
    with serving(replace(feed, is_numbered=True), cameras=2) as cameras:
        camera = a_camera(source=cameras.urls[1])
        with closing(open_live(camera, camera.source, SourceLimits(), feed.fps)) as source:
            pictures = itertools.islice(source.pictures(), 30)
            numbers = [number_in(decoded(encode(each, 90))) for each in pictures]
        sent = cameras.sent()[1]
        assert cameras.connections() == [0, 1]
    assert numbers == [number for _, number in sent][:30] == [*range(25), *range(5)]
    assert sorted(sent) == sent


def test_a_still_scene_is_one_picture_with_noise() -> None:
    first, second, *_ = (each.astype(int) for each in pictures_of(replace(MJPEG, content="still")))
    assert 0 < abs(first - second).mean() < 5


def test_costs_are_shown_by_number_of_cameras_and_by_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera_costs.run([MJPEG], QUICK, tmp_path / "costs.json")
    figures: dict[str, Any] = json.loads((tmp_path / "costs.json").read_text())
    (cost,) = figures["costs"]
    assert [each["cameras"] for each in cost["loads"]] == [1, 2]
    assert all(each["rss_mib"] > 10 for each in cost["loads"])
    assert list(figures["steps"][MJPEG.name]) == list(camera_costs.STEPS)
    assert MJPEG.name in capsys.readouterr().out


def test_latency_is_that_of_each_picture_that_was_sent(tmp_path: Path) -> None:
    capture_latency.run([MJPEG], replace(QUICK, cameras=[1]), tmp_path / "latency.json")
    (latency,) = json.loads((tmp_path / "latency.json").read_text())["latencies"]
    assert latency["pictures"] >= 2
    assert 0 < latency["median_ms"] <= latency["longest_ms"]


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_reconnecting_is_sampled(way: str) -> None:
    with Progress() as progress:
        trend = reconnects.measured(MJPEG, way, Plan(cycles=5, every=1), progress)
    assert [each.cycles for each in trend.samples] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("kib", "descriptors", "threads", "is_flat"),
    [(0.5, 0, 0, True), (10, 0, 0, False), (0, 0.1, 0, False), (0, 0, 0.1, False)],
)
def test_what_grows_is_not_called_flat(kib: float, descriptors: float, threads: float, is_flat: bool) -> None:
    samples = [
        Sample(cycles, 90_000 + kib * cycles, 9 + int(descriptors * cycles), 5 + int(threads * cycles))
        for cycles in range(10, 510, 10)
    ]
    assert trend_of("gate", samples).is_flat == is_flat
