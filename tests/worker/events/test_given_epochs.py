"""Results with an epoch that their camera was never given leave it as it is: it is judged on, and they are named."""

from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry

from producer.publishing.publisher import FramesPublisher
from shared import leases
from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import FrameResult
from shared.settings import EventsSettings
from shared.streams import CAMERAS, CountField
from tests.builders import a_result
from tests.waiting import eventually
from tests.worker.events.attached import KEYS, attach, counted, publish
from worker.events.metrics import EventsMetrics
from worker.events.stage import EventsStage

ENDLESS = 10**15
LIVE = "rtsp://camera/1"


def a_stage(servers: Servers, registry: CollectorRegistry) -> EventsStage:
    settings = EventsSettings(reorder_window_s=0.2, events_lease_ms=600)
    return EventsStage(servers, settings, "events-1", EventsMetrics(registry))


def run_until(stage: EventsStage, condition: Callable[[], object]) -> None:
    eventually(lambda: (stage.run_once(), condition())[1])


def lease(servers: Servers, times: int) -> int:
    """The token of the last one of so many producers."""
    for number in range(times):
        servers.state.hset(KEYS.producer_lease("gate"), "expires_at_ms", 0)
        given = leases.acquire(servers.state, KEYS.producer_lease("gate"), f"producer-{number}", 10_000, above=1)
    assert given is not None
    return given.token


def live(sequence: int, epoch: int) -> FrameResult:
    return a_result(sequence, epoch=epoch, on_overload="drop_oldest")


def test_a_live_camera_is_judged_on_and_takes_the_epoch_of_its_next_producer(
    servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    attach(servers, "gate", source=LIVE)
    token, registry = lease(servers, 2), CollectorRegistry()
    stage = a_stage(servers, registry)
    publish(servers, live(0, token), live(0, ENDLESS), live(1, ENDLESS), live(1, token))
    run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 2)
    later = lease(servers, 1)
    assert later > token
    publish(servers, live(0, later), live(1, later), live(0, later + 1))
    run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 4)
    (said,) = [each.message for each in caplog.records if "was never given" in each.message]
    assert "camera gate" in said and str(ENDLESS) in said
    items = {
        direction: registry.get_sample_value("maskwatch_stage_items_total", {"stage": "judge", "direction": direction})
        for direction in ("in", "out")
    }
    assert items == {"in": 7, "out": 4}


def test_a_file_is_judged_on_though_its_producers_token_is_higher(servers: Servers) -> None:
    attach(servers, "gate")
    token = lease(servers, 5)
    publish(servers, a_result(0), a_result(0, epoch=token), a_result(0, epoch=ENDLESS), a_result(1))
    stage = a_stage(servers, CollectorRegistry())
    run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 2)
    again = Camera.model_validate({"id": "gate", "source": "clip.mp4", "epoch": 2})
    servers.state.hset(CAMERAS, "gate", again.model_dump_json())
    publish(servers, a_result(0, epoch=2))  # before the list of cameras is read again
    run_until(stage, lambda: counted(servers, CountField.PROCESSED) == 3)


def test_frames_of_a_producer_whom_the_state_server_forgot_are_judged(two_servers: Servers) -> None:
    attach(two_servers, "gate", source=LIVE)
    forgotten = lease(two_servers, 2)
    FramesPublisher(two_servers.frames, KEYS, 8, 8, 100).claim("gate", forgotten)
    two_servers.state.hset(KEYS.producer_lease("gate"), "token", forgotten - 1)
    publish(two_servers, live(0, forgotten))
    run_until(a_stage(two_servers, CollectorRegistry()), lambda: counted(two_servers, CountField.PROCESSED) == 1)


@pytest.mark.parametrize("token", ["", "no number", "9" * 400])
def test_a_token_that_is_none_ends_nobody(servers: Servers, token: str) -> None:
    attach(servers, "gate", source=LIVE)
    servers.state.hset(KEYS.producer_lease("gate"), "token", token)
    servers.frames.set(KEYS.fence("gate"), token)
    publish(servers, live(0, ENDLESS), live(0, 1))
    run_until(a_stage(servers, CollectorRegistry()), lambda: counted(servers, CountField.PROCESSED) == 1)
