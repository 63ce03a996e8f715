from datetime import timedelta
from pathlib import Path

from shared.connections import Servers
from tests.producer.builders import (
    KEYS,
    a_camera,
    a_clip,
    attach,
    decoded,
    frames_of,
    judge,
    numbered_jpeg,
    running_producer,
    sequences_of,
    shown_number,
    state_of,
    status_of,
)
from tests.waiting import eventually


def _has_ended(servers: Servers) -> bool:
    status = status_of(servers)
    return status is not None and status.has_ended


def test_a_file_becomes_frames_with_its_own_numbers_and_times(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    attach(servers, a_camera(source=str(a_clip(tmp_path / "clip.mp4", frames=60, fps=10))))
    with running_producer(redis_url):
        eventually(lambda: _has_ended(servers))
        status = status_of(servers)
    frames = frames_of(servers)
    assert (
        [header.sequence for header, _ in frames] == [shown_number(decoded(jpeg)) for _, jpeg in frames] == [*range(60)]
    )
    assert status is not None and status.captured == 60 and status.state == "stopped"
    assert {(header.epoch, header.on_overload, header.width, header.height) for header, _ in frames} == {
        (0, "wait", 160, 64)
    }
    assert frames[0][0].captured_at == status.started_at
    assert frames[25][0].captured_at - frames[0][0].captured_at == timedelta(seconds=2.5)


def test_a_file_waits_while_too_many_of_its_frames_are_unjudged(
    servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    attach(servers, a_camera(source=str(a_clip(tmp_path / "clip.mp4", frames=50))))
    with running_producer(redis_url, max_frames_in_flight=10):
        eventually(lambda: len(sequences_of(servers)) == 10)
        judge(servers, next_sequence=4)
        eventually(lambda: len(sequences_of(servers)) == 14)
        judge(servers, next_sequence=14)
        eventually(lambda: len(sequences_of(servers)) == 24)
    assert sequences_of(servers) == list(range(24))
    assert not _has_ended(servers)


def test_a_restarted_producer_goes_on_behind_its_last_frame_with_the_same_clock(
    servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    attach(servers, a_camera(source=str(a_clip(tmp_path / "clip.mp4", frames=30, fps=10))))
    with running_producer(redis_url, max_frames_in_flight=10):
        eventually(lambda: len(sequences_of(servers)) == 10)
    judge(servers, next_sequence=5)
    with running_producer(redis_url):
        eventually(lambda: _has_ended(servers))
    frames = frames_of(servers)
    assert [header.sequence for header, _ in frames] == list(range(30))
    assert frames[29][0].captured_at - frames[0][0].captured_at == timedelta(seconds=2.9)


def test_frames_lost_behind_the_end_of_the_file_are_published_again(
    servers: Servers, redis_url: str, tmp_path: Path
) -> None:
    attach(servers, a_camera(source=str(a_clip(tmp_path / "clip.mp4", frames=8))))
    with running_producer(redis_url):
        eventually(lambda: _has_ended(servers))
        judge(servers, next_sequence=5)
        servers.frames.delete(KEYS.frames("gate"))
        eventually(lambda: sequences_of(servers) == [5, 6, 7], timeout_s=15)
        status = status_of(servers)
    assert status is not None and status.captured == 8


def test_a_missing_file_fails_with_one_line_and_ends(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    attach(servers, a_camera(source=str(tmp_path / "nowhere.mp4")))
    with running_producer(redis_url):
        eventually(lambda: state_of(servers) == "failed")
        status = status_of(servers)
    assert status is not None
    assert (status.has_ended, status.captured) == (True, 0)
    assert status.message == f"there is no file {tmp_path / 'nowhere.mp4'}"


def test_a_file_that_is_no_video_fails(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("no video")
    attach(servers, a_camera(source=str(path)))
    with running_producer(redis_url):
        eventually(lambda: state_of(servers) == "failed")
    assert _has_ended(servers)


def test_a_broken_picture_in_a_folder_travels_like_the_others(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.jpg").write_bytes(b"broken" if number == 2 else numbered_jpeg(number))
    attach(servers, a_camera(source=str(tmp_path)))
    with running_producer(redis_url):
        eventually(lambda: _has_ended(servers))
    frames = frames_of(servers)
    assert [header.sequence for header, _ in frames] == list(range(5))
    assert [jpeg for _, jpeg in frames] == [
        numbered_jpeg(0),
        numbered_jpeg(1),
        b"broken",
        numbered_jpeg(3),
        numbered_jpeg(4),
    ]


def test_a_new_pass_begins_from_the_start(servers: Servers, redis_url: str, tmp_path: Path) -> None:
    camera = a_camera(source=str(a_clip(tmp_path / "clip.mp4", frames=5)))
    attach(servers, camera)
    with running_producer(redis_url):
        eventually(lambda: _has_ended(servers))
        attach(servers, camera.model_copy(update={"epoch": 1}))
        eventually(lambda: len(sequences_of(servers)) == 10)
    assert [(header.epoch, header.sequence) for header, _ in frames_of(servers)][5:] == [(1, n) for n in range(5)]
