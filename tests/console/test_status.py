import json

import pytest

from console import overview
from console.command import run
from console.report import failures, report_json
from shared.cameras import CameraState, CaptureStatus
from shared.connections import Servers
from shared.streams import CheckpointField
from tests.console.builders import KEYS, a_camera, a_status, attach, publish, run_process, say
from worker.detector_figures import warning


def test_status_json_has_the_documented_shape(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    gate = attach(servers, a_camera())
    attach(servers, a_camera("lobby"))
    say(servers, a_status(gate))
    run_process(servers, "producer-1", role="producer")
    run_process(servers, "worker-1", model_version=3)
    publish(servers, "gate", 4)
    servers.state.hset(KEYS.counts("gate"), "violations", 2)
    assert run(["status", "--json", "--redis", redis_url]) == 0
    status = json.loads(capsys.readouterr().out)
    assert 0 <= status["cameras"]["gate"].pop("last_frame_age_seconds") < 60
    assert status.pop("heartbeat")["state"] == "waiting"
    headroom = status.pop("headroom")
    assert (headroom["cameras_now"], headroom["more_cameras"], headroom["cores_needed"]) == (1, None, {})
    assert "has measured" in headroom["unknown"]
    nothing = {
        "dismissed": 0,
        "people": {"with_mask": 0, "without_mask": 0, "incorrect_mask": 0, "cannot_tell": 0},
        "unjudged": dict.fromkeys(("too_small", "blurred", "dark", "turned_away", "covered", "undecided"), 0),
    }
    for camera in status["cameras"].values():
        day = camera.pop("last_24_hours")
        assert day["compliance"]["notes"] == ["nobody was judged"]
        assert (day["coverage"], day["compliance"]["corrected"]) == (None, None)
    assert status == {
        "cameras": {
            "gate": nothing | {"state": "live", "frames_per_second": 5.0, "violations": 2, "confirmed": 2},
            "lobby": nothing
            | {
                "state": "connecting",
                "frames_per_second": 0.0,
                "last_frame_age_seconds": None,
                "violations": 0,
                "confirmed": 0,
            },
        },
        "workers": [{"id": "worker-1", "frames_per_second": 0.0, "model_version": 3}],
        "frames_waiting": 4,
    }


def test_status_for_people_shows_no_password(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    attach(servers, a_camera(source="rtsp://root:secret@10.0.0.9/"))
    for command in ("status", "camera list", "camera show gate"):
        assert run([*command.split(), "--redis", redis_url]) == 0
    shown = capsys.readouterr().out
    assert "gate" in shown
    assert "secret" not in shown


def test_status_says_in_full_what_is_wrong_with_a_camera(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    message = "nothing listens at rtsp://10.0.0.9/: connection refused; is it switched on"
    status = a_status(attach(servers, a_camera()), CameraState.BACKING_OFF).model_dump() | {"message": message}
    say(servers, CaptureStatus.model_validate(status))
    assert run(["status", "--redis", redis_url]) == 0
    shown = capsys.readouterr().out
    assert message in " ".join(shown.split())
    assert "no producer runs" in shown
    run_process(servers, "producer-1", role="producer")
    run(["status", "--redis", redis_url])
    assert "no producer runs" not in capsys.readouterr().out


@pytest.mark.parametrize("detectors", [["haar"], ["haar", "maskwatch"]])
def test_status_says_what_bias_to_expect_of_a_detector_that_is_not_the_default(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str], detectors: list[str]
) -> None:
    for number, detector in enumerate(detectors):
        run_process(servers, f"worker-{number}", detector=detector)
    assert run(["status", "--redis", redis_url]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == warning("haar")


def test_status_says_nothing_more_of_the_default_detector(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_process(servers, "worker-1")
    assert run(["status", "--redis", redis_url]) == 0
    assert "compliance" not in capsys.readouterr().out


def finish_pass(servers: Servers, camera_id: str, state: CameraState, captured: int, judged: int) -> None:
    camera = attach(servers, a_camera(camera_id, f"/clips/{camera_id}.mp4", epoch=2))
    status = a_status(camera, state, captured).model_dump() | {"has_ended": True, "message": "no video stream"}
    say(servers, CaptureStatus.model_validate(status))
    done = {CheckpointField.DONE_EPOCH: 2} if state == CameraState.STOPPED else {}
    fields = {CheckpointField.EPOCH: 2, CheckpointField.NEXT_SEQUENCE: judged} | done
    servers.state.hset(KEYS.checkpoint(camera_id), mapping=fields)  # type: ignore[arg-type]


def test_a_pass_is_done_when_it_is_judged_or_failed_with_nothing_left(servers: Servers) -> None:
    finish_pass(servers, "done", CameraState.STOPPED, captured=10, judged=10)
    finish_pass(servers, "failed-at-once", CameraState.FAILED, captured=0, judged=0)
    finish_pass(servers, "failed-later", CameraState.FAILED, captured=10, judged=4)
    found = overview.read(servers, KEYS).cameras
    assert {each.camera.id: each.is_done for each in found} == {
        "done": True,
        "failed-at-once": True,
        "failed-later": False,
    }
    assert (
        failures(found) == "camera failed-at-once failed: no video stream; camera failed-later failed: no video stream"
    )


def test_the_report_adds_up_the_pass_and_who_judged_how_much(servers: Servers) -> None:
    finish_pass(servers, "lobby", CameraState.STOPPED, captured=20, judged=20)
    counts = {
        "processed": 17,
        "dropped:corrupt": 2,
        "dead_lettered:jpeg": 1,
        "violations": 3,
        "people:without_mask": 3,
        "people:with_mask": 4,
        "people:cannot_tell": 1,
        "unjudged:blurred": 1,
        "watched_ms": 8_000,
        "blind_ms:not_judged": 2_000,
        "worker:w1": 12,
        "worker:w2": 8,
    }
    servers.state.hset(KEYS.epoch_counts("lobby", 2), mapping=counts)  # type: ignore[arg-type]
    report = report_json(overview.read(servers, KEYS), seconds=1.5)
    compliance = report["cameras"]["lobby"].pop("compliance")
    assert (compliance["masked"], compliance["judged"], compliance["raw"]) == (4, 7, 0.5714)
    assert compliance["low"] < compliance["corrected"] < compliance["high"]
    assert report == {
        "cameras": {
            "lobby": {
                "frames_captured": 20,
                "frames_processed": 17,
                "frames_dropped": {"corrupt": 2},
                "frames_dead_lettered": 1,
                "violations": 3,
                "people": 8,
                "people_by_outcome": {"with_mask": 4, "without_mask": 3, "incorrect_mask": 0, "cannot_tell": 1},
                "unjudged": dict.fromkeys(("too_small", "blurred", "dark", "turned_away", "covered", "undecided"), 0)
                | {"blurred": 1},
                "coverage": 0.8,
                "watched_seconds": 8.0,
                "blind_seconds": {"no_picture": 0.0, "not_judged": 2.0},
                "blind_now": None,
            }
        },
        "workers": {"w1": 12, "w2": 8},
        "seconds": 1.5,
    }
