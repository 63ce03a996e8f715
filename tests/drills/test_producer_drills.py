"""Producers are killed, paused and have their clocks set, and many cameras flap at once."""

import itertools
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import libfaketime
import pytest

from tests.drills.cameras import CameraProcess, mjpeg
from tests.drills.site import KEYS, Site
from tests.drills.timings import Timings
from tests.producer.rtsp_servers import H264, a_pipeline, start_gst_rtsp_server, stop
from tests.producer.servers import free_port
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow]

OTHER = a_pipeline("jpegenc", "rtpjpegpay", size=(480, 272))
TAKEOVER_S = 10.0  # the promise: a dead producer's cameras are live elsewhere within so many seconds
_FAKETIME = Path(libfaketime.__file__).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"


@pytest.fixture
def site(redis_url: str, tmp_path: Path) -> Iterator[Site]:
    running = Site(redis_url, tmp_path)
    yield running
    running.end()


@pytest.fixture
def cameras() -> Iterator[list[CameraProcess]]:
    started: list[CameraProcess] = []
    yield started
    for camera in started:
        camera.kill()


def _camera(cameras: list[CameraProcess]) -> CameraProcess:
    port = free_port()
    cameras.append(CameraProcess(f"http://127.0.0.1:{port}/video", mjpeg(port, interval_s=0.1)))
    return cameras[-1]


def _owners(site: Site, cameras: list[str]) -> list[str]:
    found = [site.servers.state.hget(KEYS.producer_lease(each), "owner") for each in cameras]
    return [each.decode().rpartition("/")[0] if isinstance(each, bytes) else "" for each in found]


def _shares(site: Site, cameras: list[str]) -> list[int]:
    owners = _owners(site, cameras)
    return sorted(owners.count(owner) for owner in set(owners)) if all(owners) else []


def test_cameras_are_shared_out_and_a_dead_producers_ones_are_live_elsewhere_soon(
    site: Site, cameras: list[CameraProcess], timings: Timings
) -> None:
    names = [f"camera-{number}" for number in range(6)]
    for name in names:
        site.attach(name, _camera(cameras).url)
    site.start_producer()
    site.wait_until("live", *names)
    site.start_producer()
    eventually(lambda: _shares(site, names) == [3, 3], timeout_s=20)
    eventually(lambda: all(site.life(name).states[-1][1] == "live" for name in names), timeout_s=20)

    victim, survivor = site.producers
    orphans = [name for name, owner in zip(names, _owners(site, names), strict=True) if f"-{victim.pid}-" in owner]
    killed_at = time.monotonic()
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    eventually(lambda: all(site.life(name).seconds_to("live", killed_at) for name in orphans), timeout_s=30)
    takeover_s = max(site.life(name).seconds_to("live", killed_at) or 0.0 for name in orphans)
    timings.note("producer killed", "live elsewhere", takeover_s)
    assert takeover_s < TAKEOVER_S
    assert _shares(site, names) == [6]

    survivor.terminate()
    survivor.wait(20)
    for name in set(names) - set(orphans):
        assert site.unaccounted(name) == []


def test_a_producer_that_was_paused_and_goes_on_writes_nothing_to_a_camera_that_it_lost(
    site: Site, cameras: list[CameraProcess]
) -> None:
    site.attach("gate", _camera(cameras).url)
    paused = site.start_producer({"PRODUCER_LEASE_MS": "1000"})
    site.wait_until("live", "gate")
    paused.send_signal(signal.SIGSTOP)
    site.start_producer({"PRODUCER_LEASE_MS": "1000"})
    eventually(lambda: {each.epoch for each in site.frames("gate")} == {1, 2}, timeout_s=20)
    paused.send_signal(signal.SIGCONT)
    before = len(site.frames("gate"))
    eventually(lambda: len(site.frames("gate")) > before + 20, timeout_s=20)
    epochs = [each.epoch for each in site.frames("gate")]
    assert epochs == sorted(epochs), "each epoch's frames stand together: nobody wrote in between"
    status = site.servers.state.get(KEYS.capture("gate"))
    assert isinstance(status, bytes) and b'"epoch":2' in status


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(hours=-1)], ids=["forward", "back"])
def test_a_clock_that_is_set_stops_no_camera(step: timedelta, site: Site, cameras: list[CameraProcess]) -> None:
    clock = site.folder / "clock"
    clock.write_text("+0")
    environment = {
        "LD_PRELOAD": str(_FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    site.attach("gate", _camera(cameras).url)
    producer = site.start_producer(environment=environment)
    site.wait_until("live", "gate")
    eventually(lambda: len(site.frames("gate")) > 10, timeout_s=20)
    setting = site.folder / "clock.new"
    setting.write_text(f"{step.total_seconds():+.0f}")
    setting.replace(clock)  # at once: an empty file is the real time
    stepped_at = time.monotonic()
    before = len(site.frames("gate"))
    eventually(lambda: len(site.frames("gate")) > before + 20, timeout_s=20)
    producer.terminate()
    producer.wait(20)

    assert site.life("gate").since(stepped_at) == ["stopped"]
    frames = site.frames("gate")
    # The library that fakes the clock may show the old one once more while its threads read the setting anew.
    steps = [each.clock_step_s for each in frames if each.clock_step_s]
    gone = sum(steps)
    assert gone == pytest.approx(step.total_seconds(), abs=1)
    # Without the step, time went on evenly.
    elapsed = frames[-1].captured_at - frames[0].captured_at - timedelta(seconds=gone)
    assert timedelta(0) < elapsed < timedelta(seconds=60)
    assert abs(frames[-1].captured_at - datetime.now(UTC) - step) < timedelta(seconds=30)
    assert site.counts("gate")["fault:clock_step"] == len(steps)


@pytest.mark.long
def test_of_twenty_cameras_five_flap_and_the_others_notice_nothing(
    site: Site, cameras: list[CameraProcess], timings: Timings
) -> None:
    steady = [f"steady-{number}" for number in range(15)]
    flapping = {f"flapping-{number}": _camera(cameras) for number in range(5)}
    shared = [_camera(cameras) for _ in range(3)]
    for name, camera in zip(steady, itertools.cycle(shared), strict=False):
        site.attach(name, camera.url, fps=2)
    for name, camera in flapping.items():
        site.attach(name, camera.url, fps=2)
    producer = site.start_producer({"MAX_BACKOFF_S": "1"})
    site.wait_until("live", *steady, *flapping, timeout_s=60)
    began_at = time.monotonic()
    time.sleep(5)
    flaps_at = time.monotonic()
    for _ in range(3):
        for camera in flapping.values():
            camera.kill()
        time.sleep(1)
        back_at = time.monotonic()
        for camera in flapping.values():
            camera.come_back()
        site.wait_until("live", *flapping, since=back_at)
    ended_at = time.monotonic()
    producer.terminate()
    producer.wait(30)

    rates = [site.life(name).rate(flaps_at, ended_at) / site.life(name).rate(began_at, flaps_at) for name in steady]
    timings.note("five of twenty flap", "others' rate, share of before, lowest", min(rates))
    assert {name: site.life(name).since(began_at) for name in steady} == {name: ["stopped"] for name in steady}
    assert min(rates) > 0.7
    assert all(site.counts(name)["state:live"] == 4 for name in flapping)
    assert all(site.unaccounted(name) == [] for name in [*steady, *flapping])


def test_a_camera_that_comes_back_with_another_codec_and_size_goes_on(site: Site, timings: Timings) -> None:
    port = free_port()
    process, url = start_gst_rtsp_server(port, H264)
    try:
        site.attach("gate", url)
        producer = site.start_producer()
        site.wait_until("live", "gate")
        stop(process)
        back_at = time.monotonic()
        process, _ = start_gst_rtsp_server(port, OTHER)
        timings.note("codec change", "live again", site.wait_until("live", "gate", since=back_at) - back_at)
        eventually(lambda: (site.frames("gate")[-1].width, site.frames("gate")[-1].height) == (480, 272), timeout_s=20)
    finally:
        stop(process)
    producer.terminate()
    producer.wait(20)
    assert site.unaccounted("gate") == []
