import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from shared.connections import Servers
from shared.messages import DeadLetterReason, DropReason, FrameOutcome, Label
from shared.streams import CAMERAS, REASON
from tests.waiting import eventually
from tests.worker.conftest import MakeWorker
from tests.worker.detecting import OneByOne
from tests.worker.drawn import a_header, a_jpeg, a_scene, centre_is_in
from tests.worker.feed import EMPTY_SCENE, KEYS, Feed
from tests.worker.test_decoding import a_bomb
from tests.worker.versions import a_registry, publish_copy
from worker.classifier import Classifier, load_classifier
from worker.detectors import FaceBox, Picture, Size
from worker.entries import DecodedFrame, Ending
from worker.group import FrameGroup
from worker.loop import WorkerLoop
from worker.pipeline import Pipeline

FACES = a_jpeg(a_scene((200, 200, 120), (450, 220, 160)))


def run_until_empty(worker: WorkerLoop) -> None:
    while worker.run_once():
        pass


def test_a_frame_ends_as_one_complete_result(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    header = a_header(7)
    entry_id = feed.put(header, FACES)
    run_until_empty(make_worker("w1"))
    (result,) = feed.results()
    assert (result.camera, result.epoch, result.sequence) == ("gate", 1, 7)
    assert result.captured_at == header.captured_at
    assert (result.outcome, result.reason) == (FrameOutcome.PROCESSED, None)
    assert (result.worker, result.detector, result.frame_entry_id) == ("w1", "haar", entry_id)
    assert result.model_version >= 1
    assert set(result.stage_seconds) == {"decode", "detect", "crop", "classify"}
    boxes = sorted(detection.box for detection in result.detections)
    assert len(boxes) == 2
    assert centre_is_in(boxes[0], 200, 200)
    assert centre_is_in(boxes[1], 450, 220)
    assert feed.pending() == 0


def test_only_faces_without_a_proper_mask_are_kept_as_pictures(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    feed.put(a_header(), FACES)
    run_until_empty(make_worker())
    (result,), (fields,) = feed.results(), feed.result_fields()
    bare = {f"face:{i}".encode() for i, each in enumerate(result.detections) if each.label is not Label.WITH_MASK}
    assert {name for name in fields if name.startswith(b"face:")} == bare


@pytest.mark.parametrize(
    ("jpeg", "width"),
    [
        pytest.param(b"", 160, id="empty"),
        pytest.param(EMPTY_SCENE[: len(EMPTY_SCENE) // 2], 160, id="cut"),
        pytest.param(EMPTY_SCENE, 161, id="of another size"),
        pytest.param(a_bomb(), 160, id="a bomb"),
    ],
)
def test_a_bad_picture_is_a_dead_letter_and_harms_no_neighbour(
    servers: Servers, make_worker: MakeWorker, jpeg: bytes, width: int
) -> None:
    feed = Feed(servers)
    feed.put_empty_scenes(1, first=0)
    feed.put(a_header(1, width=width, height=120), jpeg)
    feed.put_empty_scenes(1, first=2)
    run_until_empty(make_worker())
    outcomes = {result.sequence: (result.outcome, result.reason) for result in feed.results()}
    assert outcomes == {
        0: (FrameOutcome.PROCESSED, None),
        1: (FrameOutcome.DEAD_LETTERED, DeadLetterReason.JPEG),
        2: (FrameOutcome.PROCESSED, None),
    }
    assert [letter[REASON] for letter in feed.dead_letters()] == [b"jpeg"]
    assert feed.pending() == 0


def test_an_entry_without_a_header_is_a_dead_letter_without_a_result(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    feed.put(b"garbage", EMPTY_SCENE)
    servers.frames.xadd(KEYS.frames("gate"), {"something": "else"})
    feed.put_empty_scenes(1)
    run_until_empty(make_worker())
    assert [letter[REASON] for letter in feed.dead_letters()] == [b"header", b"header"]
    assert [result.sequence for result in feed.results()] == [0]
    assert feed.pending() == 0


@pytest.mark.parametrize("name", [b"\xff", b"", b"../gate", b"gate\n", b"g" * 100])
def test_a_name_that_is_no_cameras_stops_no_worker(servers: Servers, make_worker: MakeWorker, name: bytes) -> None:
    feed = Feed(servers)
    servers.state.hset(CAMERAS, name, "{}")
    feed.put_empty_scenes(1)
    run_until_empty(make_worker(heartbeat_faces_s=0))
    assert [result.sequence for result in feed.results()] == [0]
    assert servers.frames.keys("maskwatch:*:frames:*") == [KEYS.frames("gate").encode()]


def test_a_live_frame_that_is_too_old_is_dropped_with_a_result(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    seconds, _ = servers.frames.time()
    feed.put(a_header(0, on_overload="drop_oldest"), FACES, f"{(seconds - 60) * 1000}-0")
    feed.put(a_header(1, on_overload="wait"), FACES, f"{(seconds - 60) * 1000}-1")
    feed.put(a_header(2, on_overload="drop_oldest"), FACES)
    run_until_empty(make_worker())
    outcomes = {result.sequence: (result.outcome, result.reason) for result in feed.results()}
    assert outcomes == {
        0: (FrameOutcome.DROPPED, DropReason.STALE),
        1: (FrameOutcome.PROCESSED, None),
        2: (FrameOutcome.PROCESSED, None),
    }


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_producers_wrong_clock_makes_no_frame_stale(servers: Servers, make_worker: MakeWorker, hours: int) -> None:
    feed = Feed(servers)
    wrong = datetime.now(UTC) + timedelta(hours=hours)
    feed.put(a_header(0, captured_at=wrong, on_overload="drop_oldest"), FACES)
    run_until_empty(make_worker())
    assert [result.outcome for result in feed.results()] == [FrameOutcome.PROCESSED]


def test_a_step_of_the_producers_clock_is_told_on_by_every_result(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    for sequence, jpeg in enumerate([EMPTY_SCENE, b"no picture"]):
        header = a_header(sequence, width=160, height=120).model_copy(update={"clock_step_s": 3600.0})
        feed.put(header, jpeg)
    make_worker().run_once()
    assert [result.clock_step_s for result in feed.results()] == [3600.0, 3600.0]


def test_a_frame_that_was_delivered_too_often_is_given_up(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    feed.put_empty_scenes(1)
    for number in range(3):
        group = FrameGroup(servers.frames, KEYS, f"dead{number}")
        group.join(["gate"])
        assert group.read(8, 0) or group.claim("gate", min_idle_ms=0).entry
    worker = make_worker(max_deliveries=3)
    eventually(lambda: worker.run_once() and feed.results())
    (result,) = feed.results()
    assert (result.outcome, result.reason) == (FrameOutcome.DEAD_LETTERED, DeadLetterReason.DELIVERIES)
    assert [letter[REASON] for letter in feed.dead_letters()] == [b"deliveries"]
    assert feed.pending() == 0


class _FailsOnSmallPictures(OneByOne):
    """A detector with a fault: it raises on pictures of one size."""

    def detect(self, picture: Picture, whole: Size | None = None) -> list[FaceBox]:
        if picture.shape[0] == 60:
            raise ValueError("a fault in the library")
        return []


def test_a_frame_that_breaks_the_detector_is_given_up_alone(
    servers: Servers, make_worker: MakeWorker, classifier: Classifier
) -> None:
    feed = Feed(servers)
    feed.put_empty_scenes(2)
    feed.put(a_header(2, width=80, height=60), a_jpeg(a_scene(width=80, height=60)))
    feed.put_empty_scenes(2, first=3)
    pipeline = Pipeline(_FailsOnSmallPictures(), classifier, time.monotonic)
    run_until_empty(make_worker(judge=pipeline))
    pipeline.close()
    outcomes = {result.sequence: result.outcome for result in feed.results()}
    assert outcomes.pop(2) is FrameOutcome.DEAD_LETTERED
    assert outcomes == dict.fromkeys((0, 1, 3, 4), FrameOutcome.PROCESSED)
    assert [letter[REASON] for letter in feed.dead_letters()] == [b"judging"]


def test_frames_of_a_dead_worker_are_taken_over(
    servers: Servers, make_worker: MakeWorker, metrics_registry: CollectorRegistry
) -> None:
    feed = Feed(servers)
    feed.put_empty_scenes(5)
    dead = FrameGroup(servers.frames, KEYS, "dead")
    dead.join(["gate"])
    dead.read(3, 0)
    servers.frames.xtrim(KEYS.frames("gate"), maxlen=4, approximate=False)
    heir = make_worker("heir")
    eventually(lambda: heir.run_once() and len(feed.results()) == 4)
    assert sorted(result.sequence for result in feed.results()) == [1, 2, 3, 4]
    assert metrics_registry.get_sample_value("maskwatch_claimed_entries_total") == 2
    assert metrics_registry.get_sample_value("maskwatch_trimmed_entries_total") == 1
    assert feed.pending() == 0


def test_a_camera_that_is_attached_later_is_found(servers: Servers, make_worker: MakeWorker) -> None:
    worker = make_worker()
    worker.run_once()
    feed = Feed(servers, "late")
    feed.put_empty_scenes(1)
    eventually(lambda: worker.run_once() and feed.results())


def test_a_frames_server_that_forgot_everything_is_served_again(servers: Servers, make_worker: MakeWorker) -> None:
    feed = Feed(servers)
    worker = make_worker()
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(stop,))
    running.start()
    try:
        feed.put_empty_scenes(1)
        eventually(feed.results)
        servers.frames.delete(KEYS.frames("gate"), KEYS.results("gate"))
        feed.put_empty_scenes(1, first=1)
        assert [result.sequence for result in eventually(feed.results)] == [1]
    finally:
        stop.set()
        running.join()
    assert feed.consumers() == []


def test_stages_are_counted_and_the_model_is_named(
    servers: Servers, make_worker: MakeWorker, metrics_registry: CollectorRegistry
) -> None:
    feed = Feed(servers)
    feed.put(a_header(on_overload="drop_oldest"), FACES)
    feed.put(a_header(), b"")
    run_until_empty(make_worker())

    def sample(name: str, **labels: str) -> float | None:
        return metrics_registry.get_sample_value(f"maskwatch_{name}", labels)

    assert sample("stage_items_total", stage="read", direction="out") == 2
    assert sample("stage_items_total", stage="decode", direction="out") == 1
    assert sample("stage_items_total", stage="detect", direction="out") == 2
    assert sample("stage_items_total", stage="classify", direction="in") == 2
    assert sample("stage_items_total", stage="publish", direction="in") == 2
    assert sample("stage_duration_seconds_count", stage="detect") == 1
    assert sample("batch_frames_sum") == 2
    assert sample("dead_letters_total", reason="jpeg") == 1
    assert sample("dead_letters_total", reason="deliveries") == 0
    assert sample("end_to_end_latency_seconds_count") == 1


def test_a_removed_camera_is_no_longer_read(servers: Servers, make_worker: MakeWorker) -> None:
    feed, other = Feed(servers, "gone"), Feed(servers, "stays")
    servers.state.hdel(CAMERAS, "gone")
    feed.put_empty_scenes(1)
    other.put_empty_scenes(1)
    run_until_empty(make_worker())
    assert (len(feed.results()), len(other.results())) == (0, 1)


def test_known_cameras_are_judged_on_while_the_state_server_refuses(
    servers: Servers, make_worker: MakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.loop.CAMERAS_INTERVAL_S", 0.0)
    feed = Feed(servers)
    worker = make_worker()
    worker.run_once()
    servers.state.acl_setuser("default", enabled=True, commands=["-hkeys"])
    try:
        feed.put_empty_scenes(1)
        run_until_empty(worker)
    finally:
        servers.state.acl_setuser("default", enabled=True, nopass=True, commands=["+@all"], keys=["*"], channels=["*"])
    assert len(feed.results()) == 1


class _Promoting:
    """Gives each of some versions in turn, one before each batch."""

    def __init__(self, *classifiers: Classifier) -> None:
        self._waiting = list(classifiers)
        self.batches: list[set[int]] = []

    def newer(self) -> Classifier | None:
        return self._waiting.pop(0) if self._waiting else None

    def judged(self, _: Sequence[DecodedFrame], endings: Sequence[Ending]) -> None:
        self.batches.append({each.result.model_version for each in endings if each.result})


def test_a_newer_model_judges_whole_batches_and_is_named_in_results_and_metrics(
    servers: Servers, make_worker: MakeWorker, tmp_path: Path, metrics_registry: CollectorRegistry
) -> None:
    registry = a_registry(tmp_path / "registry")
    versions = [1, publish_copy(registry), publish_copy(registry)]
    first, *others = [load_classifier(registry, version) for version in versions]
    feed = Feed(servers)
    feed.put_empty_scenes(12)
    promoting = _Promoting(*others)
    pipeline = Pipeline(_FailsOnSmallPictures(), first, time.monotonic)
    worker = make_worker("w1", pipeline, promoting, batch_frames=4)
    worker.run_once()  # its claim finds nothing, its batch is judged by the second version
    run_until_empty(worker)
    pipeline.close()
    assert promoting.batches == [{2}, {3}, {3}]
    assert [result.model_version for result in feed.results()] == [2] * 4 + [3] * 8
    assert metrics_registry.get_sample_value("maskwatch_model_info", {"version": "3"}) == 1
    assert metrics_registry.get_sample_value("maskwatch_model_info", {"version": "2"}) is None
    assert metrics_registry.get_sample_value("maskwatch_model_reloads_total", {"outcome": "loaded"}) == 2
    assert metrics_registry.get_sample_value("maskwatch_model_reload_timestamp_seconds") == pytest.approx(
        time.time(), abs=60
    )


def test_waiting_for_frames_is_no_busy_time_and_judging_them_is(
    servers: Servers, make_worker: MakeWorker, metrics_registry: CollectorRegistry
) -> None:
    feed = Feed(servers)
    worker = make_worker()

    def busy_s() -> float:
        return metrics_registry.get_sample_value("maskwatch_worker_busy_seconds_total") or 0.0

    feed.put(a_header(1), FACES)
    run_until_empty(worker)
    judging_s = busy_s()
    detecting_s = metrics_registry.get_sample_value("maskwatch_stage_duration_seconds_sum", {"stage": "detect"}) or 0.0
    assert judging_s >= detecting_s > 0
    started = time.monotonic()
    worker.run_once(block_ms=500)
    assert busy_s() - judging_s < time.monotonic() - started - 0.4
