import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from shared.connections import Servers
from shared.messages import Label
from shared.model_registry import Answer, ModelRegistry
from shared.shadow import SHADOW_ORDER, ShadowOrder, shadow_counts
from tests.worker.conftest import MakeWorker
from tests.worker.drawn import a_header, a_jpeg, a_scene
from tests.worker.feed import Feed
from tests.worker.versions import a_registry, publish_copy
from worker.classifier import Classifier, load_classifier
from worker.entries import DecodedFrame, Ending
from worker.loop import WorkerLoop
from worker.pipeline import Pipeline
from worker.shadowing import Shadow

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FACES = a_jpeg(a_scene((200, 200, 120), (450, 220, 160)))
OPPOSITE: dict[Answer, Answer] = {Label.WITH_MASK: Label.WITHOUT_MASK, Label.WITHOUT_MASK: Label.WITH_MASK}


class Beside:
    """A shadow check as the loop's models, with a version that never changes and a clock by hand."""

    def __init__(self, registry: ModelRegistry) -> None:
        self.now = NOW
        self.loaded: list[int] = []
        self.registry = registry
        self.shadow = Shadow(self._load, lambda: self.now)

    def _load(self, version: int) -> Classifier:
        self.loaded.append(version)
        return load_classifier(self.registry, version)

    def newer(self) -> None:
        return None

    def judged(self, frames: list[DecodedFrame], endings: list[Ending]) -> None:
        self.shadow.judge(frames, endings)


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    return Beside(a_registry(tmp_path / "registry"))


@pytest.fixture
def worker(make_worker: MakeWorker, pipeline: Pipeline, beside: Beside) -> Iterator[WorkerLoop]:
    own = Pipeline(pipeline.detector, pipeline.classifier, time.monotonic)
    yield make_worker("w1", own, beside)
    own.close()


def order(servers: Servers, version: int, name: str = "one", seconds: float = 60) -> None:
    asked = ShadowOrder(id=name, version=version, ends_at=NOW + timedelta(seconds=seconds))
    servers.state.set(SHADOW_ORDER, asked.model_dump_json())


def look(servers: Servers, beside: Beside) -> None:
    """What the two threads of a worker do in turn."""
    beside.shadow.ask(servers.state)
    beside.shadow.prepare()


def counted(servers: Servers, beside: Beside, name: str = "one") -> dict[str, int]:
    beside.shadow.ask(servers.state)
    fields = cast("dict[bytes, bytes]", servers.state.hgetall(shadow_counts(name)))
    return {field.decode(): int(count) for field, count in fields.items()}


def opposite(registry: ModelRegistry) -> int:
    """A candidate that says the opposite of every face."""
    return publish_copy(registry, labels=[OPPOSITE.get(each, each) for each in registry.manifest(1).labels])


def judge_two_faces(feed: Feed, worker: WorkerLoop, sequence: int = 0) -> int:
    """Judge a frame; says how many of its two faces are bare."""
    feed.put(a_header(sequence), FACES)
    while worker.run_once():
        pass
    detections = feed.results()[-1].detections
    assert len(detections) == 2
    return sum(each.label is Label.WITHOUT_MASK for each in detections)


def test_faces_are_counted_by_what_both_versions_say(servers: Servers, worker: WorkerLoop, beside: Beside) -> None:
    feed = Feed(servers)
    order(servers, opposite(beside.registry))
    look(servers, beside)
    bare = judge_two_faces(feed, worker)
    assert counted(servers, beside) == {
        "faces:gate": 2,
        "bare:gate": bare,
        "candidate_bare:gate": 2 - bare,
        "disagreements:gate": 2,
    }
    judge_two_faces(feed, worker, 1)
    assert counted(servers, beside)["faces:gate"] == 4
    assert 0 < servers.state.ttl(shadow_counts("one")) <= 86_400


def test_results_are_those_of_the_version_served(
    servers: Servers, worker: WorkerLoop, beside: Beside, pipeline: Pipeline
) -> None:
    feed = Feed(servers)
    judge_two_faces(feed, worker)
    order(servers, opposite(beside.registry))
    look(servers, beside)
    judge_two_faces(feed, worker, 1)
    alone, watched = feed.results()
    assert watched.detections == alone.detections
    assert watched.model_version == alone.model_version == pipeline.classifier.version


def test_a_candidate_cuts_faces_out_as_its_own_manifest_says(
    servers: Servers, worker: WorkerLoop, beside: Beside
) -> None:
    takes = beside.registry.manifest(1).input
    wider = takes.model_copy(update={"crop_margin": 1.9})
    order(servers, publish_copy(beside.registry, input=wider.model_dump()))
    look(servers, beside)
    judge_two_faces(Feed(servers), worker)
    assert counted(servers, beside)["faces:gate"] == 2


@pytest.mark.parametrize("value", [None, b"no order", b"{}"])
def test_without_an_order_nothing_is_loaded_or_counted(
    servers: Servers, worker: WorkerLoop, beside: Beside, value: bytes | None
) -> None:
    if value is not None:
        servers.state.set(SHADOW_ORDER, value)
    look(servers, beside)
    judge_two_faces(Feed(servers), worker)
    assert beside.loaded == []
    assert counted(servers, beside) == {}


def test_an_order_ends_at_its_time_and_is_not_begun_again(servers: Servers, worker: WorkerLoop, beside: Beside) -> None:
    feed = Feed(servers)
    order(servers, 1, seconds=60)
    look(servers, beside)
    judge_two_faces(feed, worker)
    beside.now = NOW + timedelta(seconds=61)
    judge_two_faces(feed, worker, 1)
    look(servers, beside)
    judge_two_faces(feed, worker, 2)
    assert counted(servers, beside)["faces:gate"] == 2
    assert beside.loaded == [1]


def test_an_order_that_is_taken_back_ends_at_once(servers: Servers, worker: WorkerLoop, beside: Beside) -> None:
    order(servers, 1)
    look(servers, beside)
    servers.state.delete(SHADOW_ORDER)
    look(servers, beside)
    judge_two_faces(Feed(servers), worker)
    assert counted(servers, beside) == {}


def test_the_next_order_has_counts_of_its_own(servers: Servers, worker: WorkerLoop, beside: Beside) -> None:
    feed = Feed(servers)
    for sequence, name in enumerate(["one", "two"]):
        order(servers, 1, name)
        look(servers, beside)
        judge_two_faces(feed, worker, sequence)
    assert counted(servers, beside, "one")["faces:gate"] == counted(servers, beside, "two")["faces:gate"] == 2
    assert beside.loaded == [1, 1]


def test_a_refused_candidate_is_told_once_and_harms_no_frame(
    servers: Servers, worker: WorkerLoop, beside: Beside
) -> None:
    order(servers, 999)
    for _ in range(3):
        look(servers, beside)
    judge_two_faces(Feed(servers), worker)
    assert counted(servers, beside) == {"refused:missing": 1}


def test_a_candidate_that_fails_at_faces_harms_no_frame(
    servers: Servers, worker: WorkerLoop, beside: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed(servers)
    order(servers, 1)
    look(servers, beside)
    with monkeypatch.context() as patch:
        patch.setattr("worker.shadowing._compared", _fails)
        judge_two_faces(feed, worker)
    judge_two_faces(feed, worker, 1)
    assert counted(servers, beside)["faces:gate"] == 2


def _fails(*_: object) -> None:
    raise RuntimeError("a fault in the library")


def test_counts_wait_for_a_state_server_that_refuses(servers: Servers, worker: WorkerLoop, beside: Beside) -> None:
    order(servers, 1)
    look(servers, beside)
    judge_two_faces(Feed(servers), worker)
    servers.state.set(shadow_counts("one"), "not a hash")
    with pytest.raises(Exception, match="WRONGTYPE"):
        beside.shadow.ask(servers.state)
    servers.state.delete(shadow_counts("one"))
    assert counted(servers, beside)["faces:gate"] == 2
