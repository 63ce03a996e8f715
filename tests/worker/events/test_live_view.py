import json

from prometheus_client import CollectorRegistry

from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import FrameResult, PersonOutcome
from shared.settings import EventsSettings
from shared.streams import CAMERAS, RESULT, TRACKS, WATCHED, CheckpointField, KeySpace
from shared.tracks import MAX_TRACKS_ENTRIES, FrameTracks
from tests.builders import a_detection, a_result
from tests.waiting import eventually
from worker.events.metrics import EventsMetrics
from worker.events.stage import EventsStage

KEYS = KeySpace()


def a_stage(servers: Servers) -> EventsStage:
    camera = Camera.model_validate({"id": "gate", "source": "clip.mp4", "epoch": 1})
    servers.state.hset(CAMERAS, "gate", camera.model_dump_json())
    settings = EventsSettings(reorder_window_s=0.2, events_lease_ms=600)
    return EventsStage(servers, settings, "events-1", EventsMetrics(CollectorRegistry()))


def publish(servers: Servers, *results: FrameResult) -> None:
    for result in results:
        servers.frames.xadd(KEYS.results("gate"), {RESULT: result.model_dump_json()})


def judge(servers: Servers, stage: EventsStage, frames: int) -> None:
    def are_judged() -> bool:
        stage.run_once()
        return int(servers.state.hget(KEYS.checkpoint("gate"), CheckpointField.NEXT_SEQUENCE) or 0) == frames

    eventually(are_judged)


def told(servers: Servers) -> list[FrameTracks]:
    entries = servers.frames.xrange(KEYS.tracks("gate"))
    return [FrameTracks.model_validate_json(fields[TRACKS]) for _, fields in entries]  # type: ignore[index,union-attr]


def test_who_watches_is_told_of_each_frame_with_its_picture_and_what_is_known_of_the_people(servers: Servers) -> None:
    servers.frames.set(WATCHED, 1)
    results = [a_result(n, a_detection()).model_copy(update={"frame_entry_id": f"{n}-1"}) for n in range(10)]
    publish(servers, *results)
    judge(servers, a_stage(servers), 10)
    seen = told(servers)
    assert [(each.sequence, each.frame_entry_id) for each in seen] == [(n, f"{n}-1") for n in range(10)]
    assert len({track.id for each in seen for track in each.tracks}) == 1
    (last,) = seen[-1].tracks
    assert last.box == results[0].detections[0].box
    assert last.outcome is PersonOutcome.WITHOUT_MASK
    assert json.loads(servers.state.hget(KEYS.violations("gate"), last.violation or "") or b"{}")["camera"] == "gate"


def test_while_nobody_watches_nothing_is_written(servers: Servers) -> None:
    publish(servers, *(a_result(n, a_detection()) for n in range(10)))
    judge(servers, a_stage(servers), 10)
    assert not servers.frames.exists(KEYS.tracks("gate"))


def test_what_is_told_is_bounded(servers: Servers) -> None:
    servers.frames.set(WATCHED, 1)
    publish(servers, *(a_result(n, a_detection()) for n in range(4 * MAX_TRACKS_ENTRIES)))
    judge(servers, a_stage(servers), 4 * MAX_TRACKS_ENTRIES)
    assert len(told(servers)) <= 3 * MAX_TRACKS_ENTRIES  # trimmed by whole nodes


def test_a_face_that_is_taken_to_be_still_there_is_told_without_a_label(servers: Servers) -> None:
    servers.frames.set(WATCHED, 1)
    whole = [a_result(n, a_detection()) for n in range(5)]
    elsewhere = a_result(5).model_copy(update={"scanned": ()})
    publish(servers, *whole, elsewhere)
    judge(servers, a_stage(servers), 6)
    (still,) = told(servers)[-1].tracks
    assert still.label is None
    assert still.confidence is None
    assert still.outcome is PersonOutcome.WITHOUT_MASK
