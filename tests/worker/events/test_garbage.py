"""What stands on the servers and none of ours wrote: the camera that it concerns waits, its neighbours do not."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import CAMERA_ID, FrameResult
from shared.settings import EventsSettings
from shared.streams import CAMERAS, PROCESSES, RESULT, CheckpointField, KeySpace
from tests.builders import a_detection, a_result
from tests.garbage import GARBAGE
from tests.worker.events.one_camera import as_stream, take_camera, unread
from worker.events.judge import Judge
from worker.events.ownership import Ownership
from worker.events.retention import Retention

KEYS = KeySpace()
RESULTS = [a_result(n, a_detection(x=200)) for n in range(12)]


def attach(servers: Servers, camera_id: str) -> None:
    camera = Camera.model_validate({"id": camera_id, "source": "rtsp://camera/", "epoch": 1})
    servers.state.hset(CAMERAS, camera_id, camera.model_dump_json())


def owned(servers: Servers, times: int = 2) -> set[str]:
    """The cameras that an events worker takes."""
    ownership = Ownership(servers, EventsSettings(), "events-1")
    for _ in range(times):
        ownership.refresh()
    return set(ownership.stages)


@pytest.mark.parametrize("name", GARBAGE)
def test_declarations_of_garbage_hide_no_camera(servers: Servers, name: str) -> None:
    attach(servers, "gate")
    fields: dict[Any, Any] = {"yard": GARBAGE[name], b"\xff": GARBAGE[name], "": GARBAGE[name]}
    servers.state.hset(CAMERAS, mapping=fields)
    servers.state.hset(PROCESSES, mapping=fields)
    assert owned(servers) == {"gate"}


def test_a_declaration_under_another_cameras_name_takes_nobodys_place(servers: Servers) -> None:
    attach(servers, "gate")
    other = Camera.model_validate({"id": "gate", "source": "rtsp://elsewhere/"})
    servers.state.hset(CAMERAS, "yard", other.model_dump_json())
    ownership = Ownership(servers, EventsSettings(), "events-1")
    ownership.refresh()
    assert [camera.source for camera in ownership.cameras.values()] == ["rtsp://camera/"]


CHECKPOINTS: dict[str, dict[Any, Any]] = {
    "other fields": {"something": "else"},
    "words": {"stream_id": b"\xff", "epoch": "one", "next_sequence": "two", "done_epoch": "three", "state": ""},
    "no id": {"stream_id": "behind all", "epoch": 1, "next_sequence": 5, "done_epoch": -1, "state": ""},
    "endless numbers": {"stream_id": "1-0", "epoch": "9" * 5_000, "next_sequence": 5, "done_epoch": -1, "state": ""},
    "below zero": {"stream_id": "1-0", "epoch": -7, "next_sequence": 5, "done_epoch": -1, "state": ""},
}


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_camera_whose_place_is_not_known_is_not_judged_which_is_said_once_and_its_neighbour_is(
    servers: Servers, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    for camera in ("broken", "gate"):
        attach(servers, camera)
    servers.state.hset(KEYS.checkpoint("broken"), mapping=CHECKPOINTS[name])
    with caplog.at_level(logging.ERROR):
        assert owned(servers, times=3) == {"gate"}
    (said,) = caplog.messages
    assert KEYS.checkpoint("broken") in said


@pytest.mark.parametrize("name", GARBAGE)
def test_a_state_of_garbage_is_forgotten_and_the_place_kept(servers: Servers, name: str) -> None:
    stage = take_camera(servers.state, "before")
    stage.take(as_stream(RESULTS[:6]))
    servers.state.hset(KEYS.checkpoint("gate"), CheckpointField.STATE, GARBAGE[name])
    stage = take_camera(servers.state, "behind")
    stage.take(unread(stage, as_stream(RESULTS)))
    assert servers.state.hget(KEYS.counts("gate"), "processed") == b"12"


def entry(entry_id: str, **fields: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    return entry_id.encode(), {name.replace("_", ":").encode(): value for name, value in fields.items()}


SOUND = RESULTS[5].model_dump_json().encode()
ENTRIES = {
    "without fields": entry("1-0"),
    "with other fields": entry("1-0", something=b"else"),
    "a face of no number": entry("1-0", result=SOUND, face_first=b"jpeg"),
    "a face of an endless number": entry("1-0", result=SOUND, **{"face_" + "9" * 5_000: b"jpeg"}),
    "of another camera": entry("1-0", result=SOUND.replace(b'"gate"', b'"yard"')),
    "a box of no numbers": entry("1-0", result=SOUND.replace(b"[170.0,", b"[NaN,")),
    "a box inside out": entry("1-0", result=SOUND.replace(b"[170.0,", b"[900.0,")),
    "a box beyond all": entry("1-0", result=SOUND.replace(b"[170.0,", b"[-1e300,")),
    "an endless sequence": entry("1-0", result=SOUND.replace(b'"sequence":5', b'"sequence":1' + b"0" * 30)),
    "an endless epoch": entry("1-0", result=SOUND.replace(b'"epoch":1', b'"epoch":1' + b"0" * 30)),
    "in seven thousand years": entry("1-0", result=SOUND.replace(b'"captured_at":"2', b'"captured_at":"9')),
    **{name: entry("1-0", result=value) for name, value in GARBAGE.items()},
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_result_of_garbage_is_skipped_and_the_others_count(servers: Servers, name: str) -> None:
    stage = take_camera(servers.state, "me")
    stage.take([ENTRIES[name], *as_stream(RESULTS)])
    assert servers.state.hget(KEYS.counts("gate"), "processed") == b"12"


def test_a_result_that_the_judge_fails_on_is_passed_over_from_the_checkpoint_on(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails it stands for what nobody thought of."""
    attach(servers, "gate")
    take = Judge.take

    def fail(judge: Judge, arrival: Any, verdict: Any) -> None:  # noqa: ANN401 - passed on
        if arrival.result.worker == "poison":
            raise ZeroDivisionError
        take(judge, arrival, verdict)

    monkeypatch.setattr(Judge, "take", fail)
    poison = RESULTS[6].model_copy(update={"worker": "poison"})
    entries = as_stream([*RESULTS[:6], poison, *RESULTS[6:]])
    ownership = Ownership(servers, EventsSettings(), "events-1")
    for _ in range(2):
        ownership.refresh()
        for stage in list(ownership.stages.values()):
            try:
                stage.take(unread(stage, entries))
            except Exception as error:  # noqa: BLE001 - as the loop does of this kind
                assert type(error).__name__ == "UnjudgeableResult"
                ownership.drop(stage.camera)
    assert servers.state.hget(KEYS.counts("gate"), "processed") == b"12"


def test_a_record_under_a_name_that_is_no_text_outlives_its_time_and_stops_nothing(servers: Servers) -> None:
    old = datetime.now(UTC) - timedelta(days=400)
    record = (
        b'{"id":"gate-1-0-0","camera":"gate","state":"ended","first_seen":"%s","opened_at":"%s","last_seen":"%s",'
        b'"confidence":0.9,"observations":3,"box":[1,1,9,9],"model_version":1,"detector":"haar"}'
    ) % ((old.isoformat().encode(),) * 3)
    fields: dict[Any, Any] = {b"\xff": record, b"gate-1-0-0": record, b"garbage": b"{"}
    servers.state.hset(KEYS.violations("gate"), mapping=fields)
    assert Retention(servers.state, KEYS, 30).look_at("gate", datetime.now(UTC)) == 1
    assert set(servers.state.hkeys(KEYS.violations("gate"))) == {b"\xff", b"garbage"}


def test_the_ids_of_cameras_are_the_same_for_messages_and_for_names_off_a_server() -> None:
    assert CAMERA_ID.fullmatch("gate-1_a")
    assert not CAMERA_ID.fullmatch("gate\n")
    assert FrameResult.model_validate_json(SOUND).camera == "gate"
    assert RESULT == b"result"
