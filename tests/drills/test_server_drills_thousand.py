"""A thousand cameras, of which all but nine are away: those are watched as if the others were not there."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.cameras import Camera
from shared.streams import CAMERAS, CountField
from tests.benchmarks.process_usage import cpu_s, usage_of
from tests.drills.cameras import CameraProcess, mjpeg, silent
from tests.drills.judged_site import draw_clip
from tests.drills.server_site import ServerSite
from tests.drills.timings import Timings
from tests.drills.totals import KEYS
from tests.producer.servers import free_port
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(600), pytest.mark.long]

WATCHED = [f"watched-{n}" for n in range(8)]
RETURNING = "returning"
AWAY = 1000 - len(WATCHED) - 1
DRILL = "a thousand cameras"
LOOK_S = 15.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ServerSite]:
    # Declared in one go and by name before those that are there.
    with ServerSite(draw_clip(tmp_path), {"PRODUCER_LEASE_MS": "4000", "EVENTS_LEASE_MS": "4000"}) as started:
        yield started


@pytest.fixture
def addresses() -> Iterator[list[str]]:
    """Of cameras that are away: nothing listens, something never answers, something says that there is none."""
    mute, other, nothing = CameraProcess("", silent(mute_port := free_port())), None, free_port()
    other = CameraProcess("", mjpeg(other_port := free_port()))
    kinds = [
        *[f"http://127.0.0.1:{nothing}", f"rtsp://127.0.0.1:{nothing}"] * 3,
        f"http://127.0.0.1:{mute_port}",
        f"rtsp://127.0.0.1:{mute_port}",
        *[f"http://127.0.0.1:{other_port}/none"] * 2,
    ]
    yield [f"{kinds[n % len(kinds)]}/{n}" for n in range(AWAY)]
    mute.kill()
    other.kill()


def test_those_that_are_there_are_watched_at_once_and_for_little(
    site: ServerSite, addresses: list[str], timings: Timings
) -> None:
    port = free_port()
    sources = {f"away-{n:03}": address for n, address in enumerate(addresses)}
    sources |= {RETURNING: f"http://127.0.0.1:{port}/video"} | dict.fromkeys(WATCHED, "demo:bare")
    began_at = time.monotonic()
    _declare(site, sources)
    eventually(lambda: all(_processed(site, each) for each in WATCHED), timeout_s=120)
    timings.note(DRILL, "until all that are there are judged", time.monotonic() - began_at)
    eventually(lambda: len(site.servers.state.keys(KEYS.capture("*"))) == len(sources), timeout_s=120)
    timings.note(DRILL, "until each was tried", time.monotonic() - began_at)
    time.sleep(LOOK_S)  # what comes now is what it costs for good
    _note_cost(site, timings)

    began_at = time.monotonic()
    status = _status(site)
    timings.note(DRILL, "maskwatch status", time.monotonic() - began_at)
    assert len(status["cameras"]) == len(sources)
    assert {status["cameras"][each]["state"] for each in WATCHED} == {"live"}

    camera, began_at = CameraProcess("", mjpeg(port)), time.monotonic()
    eventually(lambda: _processed(site, RETURNING), timeout_s=60)
    timings.note(DRILL, "until one that comes back is judged", time.monotonic() - began_at)
    camera.kill()

    for each in WATCHED:
        site.assert_each_frame_has_one_end(each, site.processes["producer"].pid)
    assert site.dead() == []
    assert "Too many" not in site.log
    _undeclare(site, [each for each in sources if each not in WATCHED])
    eventually(lambda: usage_of(site.processes["producer"].pid).threads < 100, timeout_s=60)
    eventually(lambda: _processed(site, WATCHED[0]) > 0, timeout_s=60)


def _declare(site: ServerSite, sources: dict[str, str]) -> None:
    declared = [Camera.model_validate({"id": each, "source": source}) for each, source in sources.items()]
    site.servers.state.hset(CAMERAS, mapping={each.id: each.model_dump_json() for each in declared})


def _undeclare(site: ServerSite, cameras: list[str]) -> None:
    site.servers.state.hdel(CAMERAS, *cameras)


def _processed(site: ServerSite, camera: str) -> int:
    return site.ends(camera).get(CountField.PROCESSED, 0)


def _note_cost(site: ServerSite, timings: Timings) -> None:
    pids = {module: process.pid for module, process in site.processes.items()}
    judged = {each: _processed(site, each) for each in WATCHED}
    before, began_at = {module: cpu_s(pid) for module, pid in pids.items()}, time.monotonic()
    time.sleep(LOOK_S)
    passed_s = time.monotonic() - began_at
    for module, pid in pids.items():
        share = 100 * (cpu_s(pid) - before[module]) / passed_s
        timings.note(DRILL, f"{module}, percent of a core", share)
    usage = usage_of(pids["producer"])
    timings.note(DRILL, "producer, MiB", usage.rss_kib / 1024)
    timings.note(DRILL, "producer, threads", usage.threads)
    rates = [(_processed(site, each) - judged[each]) / passed_s for each in WATCHED]
    timings.note(DRILL, "frames/s judged of the slowest camera", min(rates))


def _status(site: ServerSite) -> dict[str, dict[str, dict[str, str]]]:
    maskwatch = Path(sys.executable).with_name("maskwatch")
    urls = {"MASKWATCH_FRAMES_REDIS": site.frames_server.url, "MASKWATCH_STATE_REDIS": site.state_server.url}
    told = subprocess.run(
        [maskwatch, "status", "--json"], env=os.environ | urls, capture_output=True, check=True, timeout=120
    )
    answer: dict[str, dict[str, dict[str, str]]] = json.loads(told.stdout)
    return answer
