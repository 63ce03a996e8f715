"""What operators do with cameras while the system runs."""

import json
from pathlib import Path

import pytest

from console.command import run
from console.commands.camera import app
from shared.cameras import CameraState, CaptureStatus
from shared.connections import Servers
from shared.logins import CameraKey
from tests.console.builders import KEYS, a_camera, a_status, attach, run_process, say
from tests.console.cameras.builders import HIDDEN, PASSWORD, SECRET, Commands, attached_ids, opened, stored
from tests.integration.system import draw_clip

DOOR = "door=0.1,0.2 0.5,0.2 0.5,0.9"


def test_a_camera_is_added_with_all_that_is_given(servers: Servers, camera: Commands) -> None:
    options = ["--fps", "2.5", "--motion", "low", "--transport", "udp", "--zone", DOOR, "--exclude", "0,0;1,0;0,1"]
    out = camera.run("add", "gate", "rtsp://10.0.0.9/", *options, "--login-env", "GATE_LOGIN")
    added = stored(servers)
    assert out == "gate is attached to rtsp://10.0.0.9/\n"
    assert (added.fps, added.motion, added.transport, added.login) == (2.5, "low", "udp", "env:GATE_LOGIN")
    assert [(zone.name, zone.kind) for zone in added.zones] == [("door", "include"), (None, "exclude")]


def test_a_login_file_s_path_is_absolute_and_need_not_be_here(
    servers: Servers, camera: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    camera.run("add", "gate=rtsp://10.0.0.9/", "--login-file", "secrets/gate")
    assert stored(servers).login == f"file:{tmp_path}/secrets/gate"


def test_a_clip_is_played_in_a_loop_and_a_folder_watched(servers: Servers, camera: Commands, tmp_path: Path) -> None:
    clip = draw_clip(tmp_path / "clip.mp4", has_mask=True, seconds=0.2)
    camera.run("add", "hall", str(clip), "--loop")
    camera.run("add", f"lobby=loop:{clip}")
    camera.run("add", f"drop={tmp_path}", "--watch")
    assert stored(servers, "hall").source == stored(servers, "lobby").source == f"loop:{clip}"
    assert (stored(servers, "drop").source, stored(servers, "drop").kind) == (f"watch:{tmp_path}", "watch")
    assert not stored(servers, "hall").is_lossless


# What is wrong, the command and what the line says.
MISTAKES = {
    "a login twice": (f"add gate={SECRET} --login-env GATE", "there is a login in the address already"),
    "a hidden login and another": (f"add gate={HIDDEN} --login-env GATE", "there is a login in the address already"),
    "a hidden login": (f"add gate={HIDDEN}", "its login is hidden: write it out, or use --login-env"),
    "two places": ("add gate=rtsp://h/ --login-env A --login-file /b", "give one of --login-env, --login-file"),
    "nobody to ask": ("add gate=rtsp://h/ --login-ask", "--login-ask needs a terminal"),
    "a password for a variable": (f"add gate=rtsp://h/ --login-env guard:{PASSWORD}", "such as GATE_LOGIN"),
    "a login for a demo": ("add gate=demo:bare --login-env GATE", "only a camera with an address"),
    "udp for http": ("add gate=http://h/ --transport udp", "transport udp is for rtsp:// addresses only"),
    "an unknown transport": ("add gate=rtsp://h/ --transport sctp", "--transport"),
    "an unknown motion": ("add gate=rtsp://h/ --motion wild", "--motion"),
    "a zone of two corners": ("add gate=rtsp://h/ --zone 0,0;1,1", "at least 3 corners, this has 2; for example"),
    "a zone in pixels": ("add gate=rtsp://h/ --exclude 0,0;640,0;1,1", "640 lies outside the picture"),
    "one name twice": (
        "add gate=rtsp://h/ --zone a=0,0;1,0;1,1 --exclude a=0,0;1,0;0,1",
        "two zones are called 'a'",
    ),
    "an address in a loop": ("add gate=rtsp://h/ --loop", "--loop takes a path"),
    "both prefixes": ("add gate=. --loop --watch", "give one of --loop and --watch"),
    "another scheme": (f"add gate=ftp://guard:{PASSWORD}@h/x", "its source is no address that can be opened"),
    "one slash": (f"add gate=rtsp:/guard:{PASSWORD}@h/x", "its source is no address that can be opened"),
    "no scheme": (f"add gate=guard:{PASSWORD}@h/x", "its source is no address that can be opened"),
    "an address behind a prefix": (f"add gate=loop:rtsp://guard:{PASSWORD}@h/", "its source is no address that can"),
    "no host": (f"add gate=rtsp://guard:{PASSWORD}@:554/x", "rtsp://***@:554/x names no host and port"),
    "a port that is none": (f"add gate=rtsp://guard:{PASSWORD}@h:99999/x", "names no host and port"),
    "an unknown demo": ("add gate=demo:none", "there is no feed demo:none: choose demo:bare or demo:masked"),
    "nothing in a loop": ("add gate=loop:", "loop: needs the path of a file behind it"),
    "a missing clip in a loop": ("add gate=loop:missing.mp4", "missing.mp4"),
    "a missing folder": ("add gate=watch:missing", "missing does not exist"),
    "nothing to change": ("set lobby", "nothing to change is given"),
    "an unknown camera to change": ("set nobody --fps 2", "there is no camera 'nobody'"),
    "a rate that is none": ("set lobby --fps soon", "--fps is 'soon': give frames a second"),
    "a rate of nothing": ("set lobby --fps 0", "--fps is '0'"),
    "zones and none": ("set lobby --no-zones --zone 0,0;1,0;1,1", "give --no-zones or zones"),
    "a login and none": ("set lobby --no-login --login-env GATE", "give --no-login or a login"),
    "a loop of nothing": ("set lobby --loop", "go with --source PATH"),
    "an unknown camera to show": ("show nobody", "there is no camera 'nobody'"),
    "an unknown camera to remove": ("remove lobby nobody", "there is no camera 'nobody'"),
    "a file for a camera": ("set lobby --source missing.mp4", "missing.mp4"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_changes_nothing(
    mistake: str, servers: Servers, camera: Commands, key: CameraKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = attach(servers, a_camera("lobby"))
    command, expected = MISTAKES[mistake]
    assert expected in camera.refused(*command.split())
    assert (attached_ids(servers), stored(servers, "lobby")) == (["lobby"], before)
    assert PASSWORD not in camera.everything


def test_a_login_without_a_published_key_is_one_line(camera: Commands) -> None:
    assert "start `maskwatch up` or a producer first" in camera.run("add", f"gate={SECRET}", code=1)


def test_set_changes_only_what_is_given_and_goes_on_in_the_same_epoch(servers: Servers, camera: Commands) -> None:
    camera.run("add", "gate=rtsp://10.0.0.9/", "--fps", "5", "--zone", DOOR, "--login-env", "GATE")
    before = stored(servers)
    assert camera.run("set", "gate", "--fps", "2", "--motion", "high") == "gate is changed: fps, motion\n"
    assert stored(servers) == before.model_copy(update={"fps": 2.0, "motion": "high"})
    camera.run("set", "gate", "--fps", "default", "--motion", "default", "--no-zones")
    assert stored(servers) == before.model_copy(update={"fps": None, "motion": None, "zones": ()})
    assert camera.run("set", "gate", "--no-zones") == "gate is left as it was\n"


def test_another_source_begins_a_new_epoch_and_keeps_the_rest(servers: Servers, camera: Commands) -> None:
    camera.run("add", "gate=rtsp://10.0.0.9/", "--fps", "5", "--login-env", "GATE")
    before = stored(servers)
    camera.run("set", "gate", "--source", "rtsp://10.0.0.9/2")
    assert stored(servers) == before.model_copy(update={"source": "rtsp://10.0.0.9/2", "epoch": before.epoch + 1})


def test_a_login_is_given_anew_for_another_host(servers: Servers, camera: Commands) -> None:
    camera.run("add", "gate=rtsp://10.0.0.9/", "--login-env", "GATE")
    before = stored(servers)
    refused = camera.run("set", "gate", "--source", "rtsp://10.0.0.10/", code=2)
    assert "its login is for another host" in refused
    assert stored(servers) == before
    camera.run("set", "gate", "--source", "rtsp://10.0.0.10/", "--login-env", "GATE")
    assert (stored(servers).source, stored(servers).login) == ("rtsp://10.0.0.10/", "env:GATE")


def test_a_sealed_login_stays_with_other_changes_and_goes_with_its_address(
    servers: Servers, camera: Commands, key: CameraKey
) -> None:
    camera.run("add", f"gate={SECRET}")
    camera.run("set", "gate", "--fps", "2")
    assert opened(servers, key) == SECRET
    assert "its login is in its old address" in camera.refused("set", "gate", "--source", "rtsp://10.0.0.10/")
    camera.run("set", "gate", "--source", "rtsp://10.0.0.10/", "--no-login")
    assert opened(servers, key) == "rtsp://10.0.0.10/"


def test_a_sealed_login_gives_way_to_one_in_the_environment_and_back(
    servers: Servers, camera: Commands, key: CameraKey
) -> None:
    camera.run("add", f"gate={SECRET}")
    camera.run("set", "gate", "--login-env", "GATE")
    gate = stored(servers)
    assert (gate.source, gate.sealed_source, gate.login) == ("rtsp://10.0.0.9/stream", "", "env:GATE")
    camera.run("set", "gate", "--source", SECRET)
    assert (stored(servers).login, opened(servers, key)) == (None, SECRET)
    camera.run("set", "gate", "--no-login")
    assert opened(servers, key) == "rtsp://10.0.0.9/stream"


def test_a_hidden_key_in_an_address_cannot_be_taken_out(servers: Servers, camera: Commands, key: CameraKey) -> None:
    camera.run("add", "gate", f"http://10.0.0.9/video?token={PASSWORD}")
    assert stored(servers).source == "http://10.0.0.9/video?token=***"
    assert "write the whole address out with --source" in camera.refused("set", "gate", "--no-login")


def test_set_of_a_finished_file_does_not_start_it_again(servers: Servers, camera: Commands, tmp_path: Path) -> None:
    clip = draw_clip(tmp_path / "clip.mp4", has_mask=True, seconds=0.2)
    camera.run("add", "lobby", str(clip))
    servers.state.hset(KEYS.checkpoint("lobby"), mapping={"epoch": 1, "done_epoch": 1})
    camera.run("set", "lobby", "--zone", DOOR)
    assert stored(servers, "lobby").epoch == 1


def test_cameras_are_removed_together_or_not_at_all(servers: Servers, camera: Commands) -> None:
    for camera_id in ("gate", "hall", "lobby"):
        attach(servers, a_camera(camera_id))
    assert camera.run("remove", "gate", "lobby") == "gate is removed\nlobby is removed\n"
    camera.refused("remove", "hall", "gate")
    assert attached_ids(servers) == ["hall"]


def a_busy_camera(servers: Servers) -> None:
    gate = attach(servers, a_camera(source="rtsp://10.0.0.9/"))
    say(servers, a_status(gate))
    run_process(servers, "producer-1", role="producer")
    counts = {"state:live": 3, "stall:silent": 2, "stall:same_picture": 1, "fault:cut": 7}
    servers.state.hset(KEYS.capture_counts("gate"), mapping=counts)  # type: ignore[arg-type]


def test_list_is_a_line_a_camera_for_scripts_and_an_object_for_programs(servers: Servers, camera: Commands) -> None:
    a_busy_camera(servers)
    assert camera.run("list") == "gate\tlive\trtsp://10.0.0.9/\n"
    (gate,) = json.loads(camera.run("list", "--json"))
    assert 0 <= gate.pop("last_frame_age_seconds") < 60
    assert gate == {
        "id": "gate",
        "state": "live",
        "frames_per_second": 5.0,
        "source": "rtsp://10.0.0.9/",
        "message": "",
    }


def test_show_tells_what_befell_a_camera(servers: Servers, camera: Commands) -> None:
    a_busy_camera(servers)
    gate = json.loads(camera.run("show", "gate", "--json"))
    assert gate["connections"] == 3
    assert gate["stalls"] == {"same_picture": 1, "silent": 2}
    assert gate["faults"] == {"cut": 7}
    out = camera.run("show", "gate")
    assert "same_picture 1, silent 2" in out
    assert "last frame" in out


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["gate", SECRET], "in the address, sealed"),
        (["gate=rtsp://h/", "--login-env", "GATE"], "producer's environment, GATE"),
        (["gate=rtsp://h/", "--login-file", "/run/secrets/gate"], "file /run/secrets/gate"),
    ],
)
def test_show_tells_where_the_login_is(options: list[str], expected: str, camera: Commands, key: CameraKey) -> None:
    camera.run("add", *options, "--zone", DOOR, "--exclude", "0,0;1,0;0,1")
    out = camera.run("show", "gate")
    assert expected in out
    assert f"1 include {DOOR}" in out
    assert "2 exclude 0,0 1,0 0,1" in out


def test_what_a_camera_that_never_came_up_says_is_in_status_list_and_show(servers: Servers, camera: Commands) -> None:
    status = a_status(attach(servers, a_camera()), CameraState.BACKING_OFF).model_dump()
    say(servers, CaptureStatus.model_validate(status | {"message": "nothing listens there", "last_frame_at": None}))
    run_process(servers, "producer-1", role="producer")
    assert json.loads(camera.run("list", "--json"))[0]["message"] == "nothing listens there"
    assert "nothing listens there" in camera.run("show", "gate")


@pytest.mark.parametrize("command", [str(each.name or each.callback.__name__) for each in app.registered_commands])  # type: ignore[union-attr]
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["camera", command, "--help"]) == 0
    assert f"Usage: maskwatch camera {command}" in capsys.readouterr().out
