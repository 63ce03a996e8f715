from pathlib import Path

import pytest

from console import attaching
from console.attaching import Wish
from console.errors import BadInput
from shared.cameras import Camera, CaptureStatus
from shared.connections import Servers
from shared.streams import CheckpointField
from tests.console.builders import KEYS, a_status, say

FILE = Wish("lobby", "/clips/lobby.mp4")
LIVE = Wish("gate", "rtsp://10.0.0.9/")


def attach(servers: Servers, wished: Wish) -> Camera:
    return attaching.attach(servers.state, KEYS, wished)


def judge_to_the_end(servers: Servers, camera: Camera) -> None:
    fields = {CheckpointField.EPOCH: camera.epoch, CheckpointField.DONE_EPOCH: camera.epoch}
    servers.state.hset(KEYS.checkpoint(camera.id), mapping=fields)  # type: ignore[arg-type]


def test_a_path_becomes_absolute_and_an_address_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert attaching.parse("lobby=clip.mp4") == Wish("lobby", str(tmp_path / "clip.mp4"))
    assert attaching.parse("gate=http://10.0.0.9/?a=b") == Wish("gate", "http://10.0.0.9/?a=b")


def test_an_unfinished_pass_over_the_same_file_goes_on(servers: Servers) -> None:
    first = attach(servers, FILE)
    assert attach(servers, FILE) == first


def test_a_finished_file_starts_a_new_pass(servers: Servers) -> None:
    first = attach(servers, FILE)
    judge_to_the_end(servers, first)
    assert attach(servers, FILE).epoch == first.epoch + 1


@pytest.mark.parametrize("other", [Wish("lobby", "/clips/other.mp4"), Wish("lobby", "/clips/lobby.mp4", fps=2)])
def test_another_source_or_rate_starts_a_new_pass(servers: Servers, other: Wish) -> None:
    first = attach(servers, FILE)
    again = attach(servers, other)
    assert (again.source, again.fps, again.epoch) == (other.source, other.fps, first.epoch + 1)


def test_a_live_camera_that_is_there_already_is_left_alone(servers: Servers) -> None:
    first = attach(servers, LIVE)
    judge_to_the_end(servers, first)
    assert attach(servers, LIVE) == first


def test_a_removed_camera_comes_back_with_a_higher_epoch_than_it_ever_had(servers: Servers) -> None:
    first = attach(servers, FILE)
    say(servers, CaptureStatus.model_validate(a_status(first).model_dump() | {"epoch": 7}))
    assert attaching.detach(servers.state, "lobby")
    assert not attaching.detach(servers.state, "lobby")
    assert attach(servers, FILE).epoch == 8


def test_a_file_that_is_no_video_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("not a video")
    for name in ("notes.mp4", "missing.mp4"):
        with pytest.raises(BadInput, match="camera lobby: "):
            attaching.check_source(attaching.wish("lobby", str(tmp_path / name)))
