"""One site, one producer, many cameras: each has its own mishap at the same time, two have none.

Settings are the ones that a site starts with. What is asserted is what an operator is promised; the seconds
that it took are shown at the end of the run.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.logins import CameraKey, seal
from shared.redaction import redact
from tests.drills.cameras import CameraProcess, mjpeg, rtsp, silent
from tests.drills.site import Site
from tests.drills.timings import Timings
from tests.producer.servers import free_port

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow]

NEIGHBOURS = ("neighbour-a", "neighbour-b")
SEEN_S = 10.0  # the promise: a camera that gives nothing is known to within so many seconds
OUTAGE_S = 12.0
FPS = 5.0


@dataclass
class Drilled:
    """The site after all mishaps, with their instants in monotonic seconds."""

    site: Site
    began_at: float
    broken_at: float
    mended_at: float
    ended_at: float

    def seen_after(self, camera: str, timings: Timings, *states: str) -> float:
        """How long after the mishap the camera was first in one of the states."""
        life = self.site.life(camera)
        found = [seconds for state in states if (seconds := life.seconds_to(state, self.broken_at)) is not None]
        assert found, f"{camera} went through {life.since(self.broken_at)}"
        timings.note(camera, "known", min(found))
        return min(found)

    def live_again_after(self, camera: str, timings: Timings) -> float:
        """How long after it was mended the camera was live again."""
        seconds = self.site.life(camera).seconds_to("live", self.mended_at)
        assert seconds is not None
        timings.note(camera, "live again", seconds)
        return seconds


@pytest.fixture(scope="module")
def drilled(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drilled]:
    folder = tmp_path_factory.mktemp("drill")
    site = Site(redis_url, folder)
    cameras = _cameras()
    try:
        yield _run(site, cameras, folder)
    finally:
        site.end()
        for camera in cameras.values():
            camera.thaw()
            camera.kill()


def _cameras() -> dict[str, CameraProcess]:
    names = (*NEIGHBOURS, "killed", "frozen", "mute", "resized", "repeating", "cutting")
    cameras = {name: _mjpeg_camera() for name in names}
    cameras["locked"] = _mjpeg_camera("guard:hunter2")
    for name in ("killed-rtsp", "frozen-rtsp"):
        port = free_port()
        cameras[name] = CameraProcess(f"rtsp://127.0.0.1:{port}/live", rtsp(port))
    return cameras


def _mjpeg_camera(login: str = "") -> CameraProcess:
    port = free_port()
    at = f"{login}@" if login else ""
    return CameraProcess(f"http://{at}127.0.0.1:{port}/video", mjpeg(port, login))


def _port_of(camera: CameraProcess) -> int:
    return int(camera.url.rpartition(":")[2].partition("/")[0])


def _run(site: Site, cameras: dict[str, CameraProcess], folder: Path) -> Drilled:
    key = CameraKey.at(folder / "camera.key")
    for name, camera in cameras.items():
        has_login = redact(camera.url) != camera.url
        site.attach(name, redact(camera.url), fps=FPS, sealed_source=seal(camera.url, key.public) if has_login else "")
    site.start_producer()
    site.wait_until("live", *cameras, timeout_s=60)
    began_at = time.monotonic()
    time.sleep(4)

    broken_at = time.monotonic()
    for name, what in (("resized", "large"), ("repeating", "same"), ("cutting", "cut")):
        cameras[name].give(what)
    for name in ("killed", "killed-rtsp"):
        cameras[name].kill()
    for name in ("frozen", "frozen-rtsp"):
        cameras[name].freeze()
    cameras["mute"].come_back(silent(_port_of(cameras["mute"])))
    cameras["locked"].come_back(mjpeg(_port_of(cameras["locked"]), "guard:another"))
    time.sleep(OUTAGE_S)

    mended_at = time.monotonic()
    for name in ("killed", "killed-rtsp", "mute"):
        cameras[name].come_back()
    for name in ("frozen", "frozen-rtsp"):
        cameras[name].thaw()
    for name in ("repeating", "cutting"):
        cameras[name].give("sound")
    locked = cameras["locked"].url.replace("hunter2", "another")
    site.attach("locked", redact(locked), fps=FPS, sealed_source=seal(locked, key.public))
    down = ("killed", "killed-rtsp", "mute", "frozen", "frozen-rtsp", "locked", "repeating")
    site.wait_until("live", *down, since=mended_at, timeout_s=60)
    ended_at = time.monotonic()
    time.sleep(2)
    site.producers[0].terminate()
    site.producers[0].wait(20)
    return Drilled(site, began_at, broken_at, mended_at, ended_at)


@pytest.mark.parametrize("camera", ["killed", "killed-rtsp"])
def test_a_killed_camera_is_known_to_be_away_and_comes_back(camera: str, drilled: Drilled, timings: Timings) -> None:
    assert drilled.seen_after(camera, timings, "stalled", "backing_off") < SEEN_S
    assert drilled.live_again_after(camera, timings) < 20
    assert any("nothing listens" in message for message in drilled.site.life(camera).messages)


@pytest.mark.parametrize("camera", ["frozen", "frozen-rtsp"])
def test_a_frozen_camera_stalls_is_opened_anew_and_comes_back(camera: str, drilled: Drilled, timings: Timings) -> None:
    assert drilled.seen_after(camera, timings, "stalled") < SEEN_S
    drilled.live_again_after(camera, timings)
    states = drilled.site.life(camera).since(drilled.broken_at)
    assert states.index("stalled") < states.index("backing_off")
    assert states[-2:] == ["live", "stopped"]


def test_a_device_that_accepts_and_never_answers_is_given_up_and_tried_again(
    drilled: Drilled, timings: Timings
) -> None:
    assert drilled.seen_after("mute", timings, "stalled", "backing_off") < SEEN_S
    drilled.live_again_after("mute", timings)
    assert any("did not answer" in message for message in drilled.site.life("mute").messages)


def test_a_wrong_password_is_called_one_and_a_new_one_helps_at_once(drilled: Drilled, timings: Timings) -> None:
    assert drilled.seen_after("locked", timings, "failed") < SEEN_S
    assert drilled.live_again_after("locked", timings) < 15  # by itself it would be tried again after 30 s
    assert any("refuses the login" in message for message in drilled.site.life("locked").messages)
    everything = drilled.site.log + str(drilled.site.recorder.lives)
    assert "hunter2" not in everything and "another@" not in everything


def test_a_camera_that_gives_one_picture_over_and_over_is_stalled_until_it_gives_another(
    drilled: Drilled, timings: Timings
) -> None:
    assert drilled.seen_after("repeating", timings, "stalled") < SEEN_S
    drilled.live_again_after("repeating", timings)
    assert drilled.site.counts("repeating")["stall:same_picture"] >= 1


def test_a_camera_that_changes_its_size_goes_on(drilled: Drilled) -> None:
    assert drilled.site.life("resized").since(drilled.began_at) == ["stopped"]
    sizes = [(each.width, each.height) for each in drilled.site.frames("resized")]
    assert list(dict.fromkeys(sizes)) == [(160, 64), (320, 128)]
    assert drilled.site.counts("resized")["fault:size_change"] == 1


def test_cut_pictures_are_counted_and_the_others_go_on(drilled: Drilled) -> None:
    corrupt = [each for each in drilled.site.results("cutting") if each.reason == "corrupt"]
    assert drilled.site.counts("cutting")["fault:cut"] >= len(corrupt) > 3
    assert drilled.site.life("cutting").since(drilled.began_at) == ["stopped"]


@pytest.mark.parametrize("neighbour", NEIGHBOURS)
def test_neighbours_notice_nothing(neighbour: str, drilled: Drilled, timings: Timings) -> None:
    life = drilled.site.life(neighbour)
    before = life.rate(drilled.began_at, drilled.broken_at)
    during = life.rate(drilled.broken_at, drilled.ended_at)
    timings.note(neighbour, "frames/s before", before)
    timings.note(neighbour, "frames/s during", during)
    assert life.since(drilled.began_at) == ["stopped"]
    assert during > 0.7 * before


def test_every_frame_of_every_camera_is_accounted_for(drilled: Drilled) -> None:
    lives = drilled.site.recorder.lives
    assert {camera: drilled.site.unaccounted(camera) for camera in lives} == {camera: [] for camera in lives}
