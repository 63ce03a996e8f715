import json

import pytest

from console import overview
from console.command import run
from console.headroom.forecast import Headroom, headroom
from console.headroom.room import CEILING
from console.headroom.words import sentences
from shared import heartbeats
from shared.cameras import CameraState
from shared.connections import Servers
from tests.console.builders import KEYS, a_camera, a_status, attach, say
from tests.console.headroom.builders import a_measured_system, tell

FITTING = int((2 * CEILING - 1.0) / 0.125)  # half a core for four cameras, half a core for what is not ours


def found(servers: Servers, *asked: int) -> Headroom:
    return headroom(overview.read(servers, KEYS), asked)


def test_room_is_what_is_idle_at_the_price_of_the_present_cameras(servers: Servers) -> None:
    a_measured_system(servers)
    told = found(servers, 200)
    assert (told.cameras_now, told.more_cameras, told.cameras_in_all) == (4, FITTING, 4 + FITTING)
    assert (told.cores_used, told.cores, told.cores_per_camera) == (1.0, 2, 0.125)
    assert (told.frames_per_second_per_camera, told.worker_seconds_per_frame) == (2.0, 0.03)
    # 200 cameras: 400 frames a second of 0.03 s, by workers that use both cores.
    assert told.workers_needed == {4 + FITTING: 1, 200: 8}
    assert told.cores_needed[200] == pytest.approx((200 * 0.125 + 0.5) / CEILING, abs=0.05)
    assert told.limited_by == "cores"


def test_cameras_that_came_within_the_minute_are_counted_at_the_rate_of_now(servers: Servers) -> None:
    a_measured_system(servers, cameras=4)
    # For half of the minute there were none: half of the frames, for half of the work.
    tell(servers, "producer", cpu_cores=0.05, frames_per_second=10.0, machine_idle=0.625)
    tell(servers, "worker", cpu_cores=0.12, frames_per_second=4.0, machine_idle=0.625, threads=2)
    tell(servers, "events", cpu_cores=0.05, redis_cores=0.03, frames_per_second=4.0, machine_idle=0.625)
    told = found(servers)
    assert (told.cores_per_camera, told.cores_used, told.more_cameras) == (0.125, 1.0, FITTING)


def test_a_camera_that_is_away_keeps_its_place(servers: Servers) -> None:
    a_measured_system(servers)
    say(servers, a_status(attach(servers, a_camera("away")), CameraState.BACKING_OFF))
    told = found(servers)
    assert (told.cameras_now, told.more_cameras, told.cameras_in_all) == (4, FITTING - 1, 4 + FITTING)


def test_where_the_machine_does_not_tell_only_our_own_use_is_known(servers: Servers) -> None:
    a_measured_system(servers)
    for role, cores in (("producer", 0.1), ("worker", 0.24), ("events", 0.16)):
        tell(servers, role, cpu_cores=cores, frames_per_second=20.0, machine_idle=None)
    assert found(servers).cores_used == 0.5


def test_nothing_is_told_before_enough_was_seen(servers: Servers) -> None:
    assert found(servers).unknown == "no camera is live"
    say(servers, a_status(attach(servers, a_camera())))
    tell(servers, "producer", frames_per_second=5.0)
    assert found(servers).unknown == "no worker process has measured for 10 s yet"
    tell(servers, "worker", seconds=9.0)
    assert "no worker process" in found(servers).unknown
    tell(servers, "worker", frames_per_second=0.8, threads=2)
    tell(servers, "events")
    told = found(servers, 40)
    assert told.unknown == "not enough seen yet: 48 frames judged in the last minute"
    assert (told.more_cameras, told.workers_needed) == (None, {})
    tell(servers, "worker", frames_per_second=0.9, threads=2)
    assert found(servers).unknown == ""


def test_nothing_is_told_while_files_take_all_that_is_free(servers: Servers) -> None:
    a_measured_system(servers)
    say(servers, a_status(attach(servers, a_camera("clip", "/clips/clip.mp4"))))
    assert "files are being judged" in found(servers).unknown


def test_in_words(servers: Servers) -> None:
    a_measured_system(servers)
    assert sentences(found(servers, 40), 1, [40]) == [
        "room for about 5 more cameras like these: 1.0 of 2 cores are in use, 0.12 by each of 4 cameras",
        "40 cameras need 2 workers and 6.5 cores; here are 2",
    ]
    tell(servers, "worker", cpu_cores=0.24, frames_per_second=8.0, machine_idle=0.1)
    tell(servers, "producer", machine_idle=0.1)
    tell(servers, "events", machine_idle=0.1)
    assert sentences(found(servers), 1) == ["room for no more cameras: 1.8 of 2 cores are in use"]


def test_where_frames_are_held_back_or_dropped_none_fits_and_what_is_needed_is_told(servers: Servers) -> None:
    a_measured_system(servers)
    tell(servers, "events", cpu_cores=0.1, redis_cores=0.06, frames_per_second=16.0)
    assert found(servers).limited_by == "workers"
    assert "try maskwatch scale 2" in sentences(found(servers), 1)[0]
    tell(servers, "producer", frames_per_second=20.0, machine_idle=0.0)
    tell(servers, "worker", cpu_cores=0.24, frames_per_second=8.0, machine_idle=0.0, threads=2)
    tell(servers, "events", cpu_cores=0.1, redis_cores=0.06, frames_per_second=16.0, machine_idle=0.0)
    told = found(servers)
    assert (told.more_cameras, told.limited_by, told.frames_per_second_per_camera) == (0, "overload", 4.0)
    # Another 8 frames a second of 0.03 s.
    assert told.cores_per_camera == pytest.approx(0.125 + 0.06)
    assert sentences(told, 1) == [
        "room for no more cameras: not all frames are judged, 4 cameras need 1 worker and 2.6 cores; here are 2"
    ]


def test_more_workers_than_run_are_asked_for_where_the_cameras_need_them(servers: Servers) -> None:
    a_measured_system(servers)
    for role in ("producer", "worker", "events"):
        tell(servers, role, cpu_cores=1.0, frames_per_second=20.0, cores=16, machine_idle=0.8, threads=1)
    assert "more cameras like these, then with" in sentences(found(servers), 1)[0]


def test_status_says_it_and_what_numbers_of_cameras_need(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    a_measured_system(servers)
    assert run(["status", "--redis", redis_url, "--cameras", "40", "--cameras", "1"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"room for about {FITTING} more cameras like these" in shown
    assert "40 cameras need 2 workers" in shown
    assert "1 camera needs 1 worker" in shown
    assert run(["status", "--json", "--redis", redis_url, "--cameras", "40"]) == 0
    assert json.loads(capsys.readouterr().out)["headroom"]["workers_needed"]["40"] == 2


def test_a_process_of_an_older_release_tells_no_load(servers: Servers) -> None:
    a_measured_system(servers)
    (worker,) = (each for each in heartbeats.read(servers.state) if each.role == "worker")
    heartbeats.write(servers.state, worker.model_copy(update={"load": None}))
    assert "no worker process" in found(servers).unknown
