from pathlib import Path

import pytest

from console import attaching
from console.attaching import Known, Plan
from console.cameras import parsing
from console.cameras.sources import check_source
from console.cameras.wishes import Wish, kept_options
from console.errors import BadInput, CommandFailed
from shared.cameras import Camera, CaptureStatus
from shared.connections import Servers
from shared.logins import CameraKey
from shared.streams import CheckpointField
from shared.zones import Point, Zone
from tests.console import builders
from tests.console.builders import KEYS, a_camera, a_status, say
from tests.console.cameras.builders import HIDDEN, PASSWORD, SECRET, a_wish, opened, stored
from tests.integration.system import draw_clip

FILE = Wish("lobby", "/clips/lobby.mp4")
LIVE = Wish("gate", "rtsp://10.0.0.9/")
DOOR = Zone(name="door", corners=(Point(0, 0), Point(1, 0), Point(0, 1)))


def attach(servers: Servers, wish: Wish) -> Camera:
    return attaching.attach(servers.state, KEYS, wish)


def judge_to_the_end(servers: Servers, camera: Camera) -> None:
    fields = {CheckpointField.EPOCH: camera.epoch, CheckpointField.DONE_EPOCH: camera.epoch}
    servers.state.hset(KEYS.checkpoint(camera.id), mapping=fields)  # type: ignore[arg-type]


def test_a_path_becomes_absolute_and_an_address_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parsing.parse("lobby=clip.mp4") == Wish("lobby", str(tmp_path / "clip.mp4"))
    assert parsing.parse("lobby=loop:clip.mp4") == Wish("lobby", f"loop:{tmp_path / 'clip.mp4'}")
    assert parsing.parse("drop=watch:.") == Wish("drop", f"watch:{tmp_path}")
    assert parsing.parse("gate=http://10.0.0.9/?a=b") == Wish("gate", "http://10.0.0.9/?a=b")


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


def test_other_zones_or_motion_keep_the_pass(servers: Servers) -> None:
    first = attach(servers, FILE)
    again = attach(servers, Wish(FILE.id, FILE.source, zones=(DOOR,), motion="low"))
    assert (again.zones, again.motion, again.epoch) == ((DOOR,), "low", first.epoch)
    assert stored(servers, "lobby") == again


def test_a_live_camera_that_is_there_already_is_left_alone(servers: Servers) -> None:
    first = attach(servers, LIVE)
    judge_to_the_end(servers, first)
    assert attach(servers, LIVE) == first


def test_a_live_camera_s_rate_changes_without_a_new_epoch_and_its_transport_with_one(servers: Servers) -> None:
    first = attach(servers, LIVE)
    assert attach(servers, a_wish(fps=2)).epoch == first.epoch
    assert attach(servers, a_wish(fps=2, transport="udp")).epoch == first.epoch + 1


def test_a_removed_camera_comes_back_with_a_higher_epoch_than_it_ever_had(servers: Servers) -> None:
    first = attach(servers, FILE)
    say(servers, CaptureStatus.model_validate(a_status(first).model_dump() | {"epoch": 7}))
    assert attaching.detach(servers.state, "lobby")
    assert not attaching.detach(servers.state, "lobby")
    assert attach(servers, FILE).epoch == 8


def test_a_login_in_the_address_is_stored_sealed_for_the_producers(servers: Servers, key: CameraKey) -> None:
    camera = attach(servers, a_wish(source=SECRET))
    assert (camera.source, opened(servers, key)) == (HIDDEN, SECRET)
    assert PASSWORD not in stored(servers).model_dump_json()


def test_a_login_that_is_given_again_is_sealed_again_in_the_same_epoch(servers: Servers, key: CameraKey) -> None:
    first = attach(servers, a_wish(source=SECRET))
    again = attach(servers, a_wish(source=SECRET.replace(PASSWORD, "other")))
    assert again.epoch == first.epoch
    assert opened(servers, key) == SECRET.replace(PASSWORD, "other")


def test_a_hidden_login_stands_for_the_one_that_is_stored_with_the_same_address(
    servers: Servers, key: CameraKey
) -> None:
    first = attach(servers, a_wish(source=SECRET))
    assert attach(servers, a_wish(source=HIDDEN)) == first
    assert opened(servers, key) == SECRET
    with pytest.raises(BadInput, match="its login is hidden: write it out"):
        attach(servers, a_wish(source="rtsp://***@10.0.0.9/other"))
    with pytest.raises(BadInput, match="its login is hidden"):
        attach(servers, a_wish("lobby", HIDDEN))


def test_a_login_cannot_be_stored_before_there_is_a_key_to_seal_it_for(servers: Servers) -> None:
    with pytest.raises(CommandFailed, match="no camera key yet"):
        attach(servers, a_wish(source=SECRET))
    assert attach(servers, LIVE).epoch == 1


def test_logins_that_an_earlier_release_stored_are_sealed(servers: Servers, key: CameraKey) -> None:
    builders.attach(servers, a_camera(source=SECRET, epoch=3))
    builders.attach(servers, a_camera("lobby"))
    assert attaching.seal_kept(servers.state) == ["gate"]
    assert (stored(servers).source, stored(servers).epoch, opened(servers, key)) == (HIDDEN, 3, SECRET)
    assert attaching.seal_kept(servers.state) == []


def test_a_camera_that_is_given_to_the_next_start_keeps_what_was_said_of_it(servers: Servers) -> None:
    first = attach(servers, a_wish(fps=2, motion="low", transport="udp", zones=(DOOR,), login="env:GATE"))
    assert attach(servers, kept_options(LIVE, first)) == first
    assert kept_options(a_wish(fps=3), first).fps == 3
    assert kept_options(a_wish(source="rtsp://other/"), first) == a_wish(source="rtsp://other/")
    file = attach(servers, Wish(FILE.id, FILE.source, fps=2, zones=(DOOR,)))
    assert kept_options(FILE, file) == Wish(FILE.id, FILE.source, zones=(DOOR,))


def test_a_plan_is_made_anew_when_somebody_else_changes_cameras_meanwhile(servers: Servers) -> None:
    asked: list[list[str]] = []

    def plan(known: Known) -> Plan:
        asked.append(sorted(known))
        if len(asked) == 1:
            builders.attach(servers, a_camera("other"))
        return Plan([LIVE])

    attaching.settle(servers.state, KEYS, plan)
    assert asked == [[], ["other"]]


def test_a_file_that_is_no_video_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("not a video")
    for source in ("notes.mp4", "missing.mp4"):
        for prefix in ("", "loop:"):
            with pytest.raises(BadInput, match="camera lobby: "):
                check_source(Wish("lobby", f"{prefix}{tmp_path / source}"))
    for source in ("notes.mp4", "missing"):
        with pytest.raises(BadInput, match="give the folder that pictures come into"):
            check_source(Wish("drop", f"watch:{tmp_path / source}"))
    with pytest.raises(BadInput, match="only a video file can be played in a loop"):
        check_source(Wish("lobby", f"loop:{tmp_path}"))
    check_source(Wish("lobby", f"loop:{draw_clip(tmp_path / 'clip.mp4', has_mask=True, seconds=0.2)}"))
    check_source(Wish("drop", f"watch:{tmp_path}"))
