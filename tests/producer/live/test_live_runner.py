from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.connections import Servers
from tests.producer.builders import (
    a_camera,
    a_clip,
    assert_each_number_ended_once,
    attach,
    decoded,
    frames_of,
    numbered_jpeg,
    numbered_picture,
    refusing_writes,
    results_of,
    running_producer,
    sequences_of,
    shown_number,
    state_of,
    status_of,
)
from tests.producer.servers import MjpegServer, free_port, mjpeg_server, start_rtsp_server
from tests.waiting import eventually


def _is_rising(numbers: list[int]) -> bool:
    return all(before < after for before, after in pairwise(numbers))


def test_pictures_of_an_mjpeg_camera_arrive_byte_by_byte(servers: Servers, redis_url: str) -> None:
    with mjpeg_server() as camera:
        attach(servers, a_camera(source=camera.url(), fps=10))
        with running_producer(redis_url):
            eventually(lambda: len(sequences_of(servers)) >= 10)
            frames = frames_of(servers)[:10]
    assert _is_rising([camera.pictures.index(jpeg) for _, jpeg in frames])
    assert [header.sequence for header, _ in frames] == list(range(10))
    described = {(header.width, header.height, header.epoch, header.on_overload) for header, _ in frames}
    assert described == {(160, 64, 1, "drop_oldest")}
    assert datetime.now(UTC) - frames[-1][0].captured_at < timedelta(seconds=10)


def test_a_live_stream_holds_no_more_than_its_bound_and_drops_the_oldest(servers: Servers, redis_url: str) -> None:
    with mjpeg_server(interval_s=0.005) as camera:
        # Entries below 4 KB share a node of a hundred, which trimming never splits.
        camera.pictures = [jpeg + b"\0" * 5000 for jpeg in camera.pictures]
        attach(servers, a_camera(source=camera.url(), fps=120))
        with running_producer(redis_url, max_frames_per_camera=5):
            eventually(lambda: (sequences_of(servers) or [0])[-1] >= 30)
            assert len(sequences_of(servers)) <= 6


def test_live_frames_go_by_age_also_when_the_camera_was_removed(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera())
    with running_producer(redis_url, max_frame_age_s=1.0):
        eventually(lambda: (sequences_of(servers) or [0])[0] > 0)
        servers.state.delete("maskwatch:cameras")
        eventually(lambda: state_of(servers) == "stopped")
        eventually(lambda: not sequences_of(servers))


def test_a_camera_that_was_away_comes_back_under_the_next_numbers(servers: Servers, redis_url: str) -> None:
    camera = MjpegServer()
    attach(servers, a_camera(source=camera.url(), fps=10))
    with running_producer(redis_url, max_backoff_s=0.5, read_timeout_s=1):
        eventually(lambda: len(sequences_of(servers)) >= 5)
        camera.kill()
        eventually(lambda: state_of(servers) == "backing_off")
        before = len(sequences_of(servers))
        with mjpeg_server(port=camera.port):
            eventually(lambda: len(sequences_of(servers)) >= before + 5)
            assert state_of(servers) == "live"
    assert sequences_of(servers) == list(range(len(sequences_of(servers))))


def test_a_frozen_camera_stalls_and_then_is_connected_anew(servers: Servers, redis_url: str) -> None:
    with mjpeg_server() as camera:
        attach(servers, a_camera(source=camera.url()))
        with running_producer(redis_url, max_backoff_s=0.5, read_timeout_s=2):
            eventually(lambda: state_of(servers) == "live")
            camera.frozen.set()
            eventually(lambda: state_of(servers) == "stalled")
            eventually(lambda: state_of(servers) == "backing_off")
            camera.frozen.clear()
            eventually(lambda: state_of(servers) == "live")


def test_the_target_rate_is_kept(servers: Servers, redis_url: str) -> None:
    with mjpeg_server(interval_s=0.01) as camera:
        attach(servers, a_camera(source=camera.url()))
        with running_producer(redis_url, default_fps=10):
            eventually(lambda: len(sequences_of(servers)) >= 25)
            times = [header.captured_at for header, _ in frames_of(servers)]
    rate = (len(times) - 1) / (times[-1] - times[0]).total_seconds()
    assert rate == pytest.approx(10, rel=0.2)


def test_each_start_of_a_live_camera_has_an_epoch_of_its_own(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera())
    with running_producer(redis_url):
        eventually(lambda: len(frames_of(servers)) >= 2)
    with running_producer(redis_url):
        eventually(lambda: frames_of(servers)[-1][0].epoch == 2)
    assert [(header.epoch, header.sequence) for header, _ in frames_of(servers)][:2] == [(1, 0), (1, 1)]
    assert (2, 0) in {(header.epoch, header.sequence) for header, _ in frames_of(servers)}


def test_frames_that_could_not_be_published_are_told_of_once_the_server_takes_them(
    two_servers: Servers, two_redis_urls: tuple[str, str]
) -> None:
    frames_url, state_url = two_redis_urls
    attach(two_servers, a_camera(fps=10))
    with running_producer(frames_url, state_redis=state_url):
        eventually(lambda: len(sequences_of(two_servers)) >= 3)
        with refusing_writes(two_servers.frames):
            eventually(lambda: _silence_of(two_servers) > timedelta(seconds=0.6))
        eventually(lambda: _silence_of(two_servers) < timedelta(seconds=0.2))
    assert len([each for each in results_of(two_servers) if each.reason == "throttled"]) >= 4
    assert_each_number_ended_once(two_servers)
    assert _captured(two_servers) == len(sequences_of(two_servers)) + len(results_of(two_servers))


def _silence_of(servers: Servers) -> timedelta:
    return datetime.now(UTC) - frames_of(servers)[-1][0].captured_at


def _captured(servers: Servers) -> int:
    status = status_of(servers)
    return status.captured if status else 0


def test_a_feed_that_does_not_exist_fails_without_trying_again(servers: Servers, redis_url: str) -> None:
    attach(servers, a_camera(source="demo:none"))
    with running_producer(redis_url):
        eventually(lambda: state_of(servers) == "failed")
        status = status_of(servers)
    assert status is not None and "demo:bare" in status.message


def test_a_real_rtsp_camera_is_read_and_found_again_after_it_was_killed(servers: Servers, redis_url: str) -> None:
    port = free_port()
    process, url = start_rtsp_server(port)
    try:
        attach(servers, a_camera(source=url, fps=25))
        with running_producer(redis_url, max_backoff_s=0.5, read_timeout_s=2):
            eventually(lambda: _captured(servers) >= 5, timeout_s=30)
            process.kill()
            process.wait()
            eventually(lambda: state_of(servers) == "backing_off")
            before = _captured(servers)
            process, _ = start_rtsp_server(port)
            eventually(lambda: _captured(servers) >= before + 5, timeout_s=30)
    finally:
        process.kill()
        process.wait()
    assert _is_rising(sequences_of(servers))


def test_a_watched_folder_shows_each_picture_once_and_goes_on_after_a_restart(
    servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    def put(*numbers: int) -> None:
        for number in numbers:
            (tmp_path / "new.part").write_bytes(numbered_jpeg(number))
            (tmp_path / "new.part").rename(tmp_path / f"{number}.jpg")

    put(7, 3)
    attach(servers, a_camera(source=f"watch:{tmp_path}", fps=50))
    with running_producer(redis_url):
        eventually(lambda: len(frames_of(servers)) == 2)
        put(1)
        eventually(lambda: len(frames_of(servers)) == 3)
        assert state_of(servers) == "live"
    put(9, 2)
    with running_producer(redis_url):
        eventually(lambda: len(frames_of(servers)) == 5)
    assert [shown_number(decoded(jpeg)) for _, jpeg in frames_of(servers)] == [7, 3, 1, 9, 2]
    assert [header.epoch for header, _ in frames_of(servers)] == [1, 1, 1, 2, 2]


def test_a_file_in_a_loop_is_a_camera(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    clip = a_clip(tmp_path / "clip.mp4", frames=10, fps=20)
    attach(servers, a_camera(source=f"loop:{clip}", fps=20, motion="off"))
    with running_producer(redis_url):
        eventually(lambda: len(frames_of(servers)) >= 25)
        frames = frames_of(servers)
    shown = [shown_number(decoded(jpeg)) for _, jpeg in frames]
    assert shown.index(0, 1) <= 11, "it begins again"
    assert {header.on_overload for header, _ in frames} == {"drop_oldest"}


def test_what_did_not_move_is_held_back_and_counted(servers: Servers, redis_url: str) -> None:
    with mjpeg_server(interval_s=0.05) as camera:
        noise = np.random.default_rng(1)
        still = (numbered_picture(5).astype(np.int16) + noise.integers(-1, 2, (40, 64, 160, 3))).clip(0, 255)
        camera.pictures = [cv2.imencode(".jpg", each)[1].tobytes() for each in still.astype(np.uint8)]
        attach(servers, a_camera(source=camera.url(), fps=10))
        with running_producer(redis_url, keyframe_interval_s=1.0):
            eventually(lambda: _captured(servers) >= 40)
    unchanged = [result for result in results_of(servers) if result.reason == "unchanged"]
    frames = [header for header, _ in frames_of(servers)]
    numbers = sorted([*(each.sequence for each in unchanged), *(each.sequence for each in frames)])
    assert numbers == list(range(len(numbers))), "each is sent or held back"
    assert len(unchanged) > 0.7 * len(numbers)
    assert all(header.regions is None for header in frames), "keyframes alone"


def test_a_camera_of_which_little_is_wanted_is_still_known_to_hang(servers: Servers, redis_url: str) -> None:
    with mjpeg_server(interval_s=0.05) as camera:
        attach(servers, a_camera(source=camera.url(), fps=0.02))
        with running_producer(redis_url, frozen_after_s=2.0):
            eventually(lambda: state_of(servers) == "live")
            camera.pictures = camera.pictures[:1]
            eventually(lambda: state_of(servers) == "stalled")
            assert _captured(servers) == 1


def test_a_camera_that_is_asked_for_each_picture_is_asked_at_its_new_rate(servers: Servers, redis_url: str) -> None:
    with mjpeg_server() as camera:
        attach(servers, a_camera(source=camera.url(path="snapshot"), fps=0.05, motion="off"))
        with running_producer(redis_url):
            eventually(lambda: len(sequences_of(servers)) == 1)
            attach(servers, a_camera(source=camera.url(path="snapshot"), fps=20, motion="off"))
            eventually(lambda: len(sequences_of(servers)) >= 10, timeout_s=5)
            assert {header.epoch for header, _ in frames_of(servers)} == {1}
