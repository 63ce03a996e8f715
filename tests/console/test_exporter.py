from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from console import overview
from console.exporter import SystemCollector
from console.told_frames import ToldFrames
from shared.cameras import CameraState
from shared.connections import Servers, connect_both
from shared.streams import CheckpointField
from tests.console.builders import KEYS, a_camera, a_status, attach, make_group, publish, run_process, say, take
from tests.console.headroom.builders import a_measured_system


@pytest.fixture
def registry(servers: Servers) -> CollectorRegistry:
    return a_registry(servers)


def a_registry(servers: Servers) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(SystemCollector(lambda: overview.read(servers, KEYS), ToldFrames(servers.state).never_falling))
    return registry


def test_a_new_camera_starts_with_every_series_at_zero(servers: Servers, registry: CollectorRegistry) -> None:
    attach(servers, a_camera())
    gate = {"camera": "gate"}
    assert registry.get_sample_value("maskwatch_frames_total", gate) == 0
    assert registry.get_sample_value("maskwatch_violations_total", gate) == 0
    assert registry.get_sample_value("maskwatch_camera_up", gate) == 0
    for name, label, value in (
        ("frames_dropped", "reason", "overload"),
        ("frames_dead_lettered", "reason", "jpeg"),
        ("faces", "label", "without_mask"),
        ("people", "outcome", "cannot_tell"),
        ("camera_transitions", "state", "live"),
        ("camera_stalls", "reason", "same_picture"),
        ("camera_faults", "fault", "clock_step"),
    ):
        assert registry.get_sample_value(f"maskwatch_{name}_total", gate | {label: value}) == 0


def test_counts_of_the_events_stage_come_out_as_counters(servers: Servers, registry: CollectorRegistry) -> None:
    camera = attach(servers, a_camera())
    say(servers, a_status(camera, captured=20))
    counts = {"processed": 10, "dropped:stale": 4, "dead_lettered:jpeg": 1, "violations": 2, "people:without_mask": 2}
    servers.state.hset(KEYS.counts("gate"), mapping=counts)  # type: ignore[arg-type]
    servers.state.hset(KEYS.checkpoint("gate"), mapping={CheckpointField.EPOCH: 1, CheckpointField.NEXT_SEQUENCE: 15})
    gate = {"camera": "gate"}
    assert registry.get_sample_value("maskwatch_frames_total", gate) == 20
    assert registry.get_sample_value("maskwatch_frames_processed_total", gate) == 10
    assert registry.get_sample_value("maskwatch_frames_dropped_total", gate | {"reason": "stale"}) == 4
    assert registry.get_sample_value("maskwatch_frames_dead_lettered_total", gate | {"reason": "jpeg"}) == 1
    assert registry.get_sample_value("maskwatch_violations_total", gate) == 2
    assert registry.get_sample_value("maskwatch_people_total", gate | {"outcome": "without_mask"}) == 2


def test_captured_frames_never_fall_when_an_epoch_ends(servers: Servers, registry: CollectorRegistry) -> None:
    camera = attach(servers, a_camera())
    say(servers, a_status(camera, captured=20))
    assert registry.get_sample_value("maskwatch_frames_total", {"camera": "gate"}) == 20
    say(servers, a_status(a_camera(epoch=2), captured=3))
    assert registry.get_sample_value("maskwatch_frames_total", {"camera": "gate"}) == 20
    restarted = a_registry(servers)
    assert restarted.get_sample_value("maskwatch_frames_total", {"camera": "gate"}) == 20


def test_a_camera_is_up_only_while_its_producer_lives(servers: Servers, registry: CollectorRegistry) -> None:
    camera = attach(servers, a_camera())
    say(servers, a_status(camera))
    assert registry.get_sample_value("maskwatch_camera_up", {"camera": "gate"}) == 0
    run_process(servers, "producer-1", role="producer")
    assert registry.get_sample_value("maskwatch_camera_up", {"camera": "gate"}) == 1
    say(servers, a_status(camera, CameraState.BACKING_OFF))
    assert registry.get_sample_value("maskwatch_camera_up", {"camera": "gate"}) == 0


def test_a_camera_s_state_is_1_among_zeros_and_what_befell_it_is_counted(
    servers: Servers, registry: CollectorRegistry
) -> None:
    say(servers, a_status(attach(servers, a_camera()), CameraState.STALLED))
    run_process(servers, "producer-1", role="producer")
    counts = {"state:stalled": 2, "stall:silent": 2, "fault:smeared": 5}
    servers.state.hset(KEYS.capture_counts("gate"), mapping=counts)  # type: ignore[arg-type]
    gate = {"camera": "gate"}
    states = {
        state: registry.get_sample_value("maskwatch_camera_state", gate | {"state": state}) for state in CameraState
    }
    assert states == {state: float(state is CameraState.STALLED) for state in CameraState}
    assert registry.get_sample_value("maskwatch_camera_transitions_total", gate | {"state": "stalled"}) == 2
    assert registry.get_sample_value("maskwatch_camera_stalls_total", gate | {"reason": "silent"}) == 2
    assert registry.get_sample_value("maskwatch_camera_faults_total", gate | {"fault": "smeared"}) == 5


def test_waiting_frames_are_right_after_trimming(servers: Servers, registry: CollectorRegistry) -> None:
    attach(servers, a_camera())
    make_group(servers, "gate")
    publish(servers, "gate", 60, maxlen=20)
    take(servers, "gate", 15)
    gate = {"camera": "gate"}
    assert registry.get_sample_value("maskwatch_frames_waiting", gate) == 5
    oldest = registry.get_sample_value("maskwatch_oldest_frame_timestamp_seconds", gate)
    assert oldest is not None
    assert 0 <= datetime.now(UTC).timestamp() - oldest < 60


def test_processes_are_counted_by_role(servers: Servers, registry: CollectorRegistry) -> None:
    for process_id in ("worker-1", "worker-2"):
        run_process(servers, process_id)
    assert registry.get_sample_value("maskwatch_processes", {"role": "worker"}) == 2
    assert registry.get_sample_value("maskwatch_processes", {"role": "events"}) == 0


def test_a_scrape_while_the_servers_are_away_gives_nothing_and_does_not_fail() -> None:
    nowhere = connect_both("unix:///nonexistent", "unix:///nonexistent")
    collector = SystemCollector(lambda: overview.read(nowhere, KEYS), ToldFrames(nowhere.state).never_falling)
    assert list(collector.collect()) == []


def test_the_room_for_more_cameras_is_told_once_enough_was_seen(servers: Servers, registry: CollectorRegistry) -> None:
    assert registry.get_sample_value("maskwatch_headroom_cameras") is None
    a_measured_system(servers)
    assert registry.get_sample_value("maskwatch_headroom_cameras") == 5
