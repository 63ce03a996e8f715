"""Models are promoted, rolled back and broken while two workers judge two folders that never end."""

import os
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

import cv2
import pytest

from producer.sources.demo.scene import draw
from shared.messages import FrameOutcome, FrameResult
from tests.integration.reloads import (
    CAMERAS,
    INTERVAL_S,
    MAX_IN_FLIGHT,
    TIMEOUT_S,
    WORKERS,
    EntryId,
    Reloads,
    scraped,
)
from tests.integration.system import running
from tests.waiting import eventually
from tests.worker.versions import FAULTS, a_registry, publish_copy

PICTURES, DRAWN = 10_000, 40  # more than any machine judges while this lasts
SIZE = (320, 180)  # small, so that many batches pass in a short time
ENV = {
    "MASKWATCH_WORKER_THREADS": "1",
    "MASKWATCH_HEARTBEAT_INTERVAL_S": "0.2",
    "MASKWATCH_MODEL_POLL_S": "0.5",
    "MASKWATCH_BATCH_FRAMES": "4",
    "MASKWATCH_MAX_FRAMES_IN_FLIGHT": str(MAX_IN_FLIGHT),
    "MASKWATCH_MAX_RESULTS_PER_CAMERA": str(PICTURES),
}

pytestmark = [pytest.mark.timeout(180), pytest.mark.slow]


def _endless_folder(folder: Path) -> Path:
    """Few pictures under many names: a masked person who moves back and forth."""
    folder.mkdir()
    for number in range(PICTURES):
        path = folder / f"{number:05}.jpg"
        if number < DRAWN:
            cv2.imwrite(str(path), cv2.resize(draw(has_mask=True, frame_number=number), SIZE))
        else:
            os.link(folder / f"{number % DRAWN:05}.jpg", path)
    return folder


@pytest.fixture(scope="module")
def reloads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reloads]:
    folder = tmp_path_factory.mktemp("reload")
    registry = a_registry(folder / "data" / "models")
    unsure = publish_copy(registry, temperature=1000.0)
    options = [part for name in CAMERAS for part in ("--camera", f"{name}={_endless_folder(folder / name)}")]
    with running(folder / "data", *options, "--workers", str(WORKERS), env=ENV) as system:
        reloads = Reloads(system, registry, unsure)
        eventually(lambda: reloads.all_serve(reloads.sharp), TIMEOUT_S, INTERVAL_S)
        yield reloads
        reloads.servers.close()


@pytest.mark.long
def test_ten_promotions_change_whole_batches_in_order_and_lose_no_frame(reloads: Reloads) -> None:
    promotions = [reloads.unsure, reloads.sharp] * 5
    for version in promotions:
        reloads.promote(version)
        eventually(lambda version=version: reloads.all_serve(version), TIMEOUT_S, INTERVAL_S)  # type: ignore[misc]
    by_worker = reloads.by_worker()
    assert len(by_worker) == WORKERS
    for worker, entries in by_worker.items():
        served = [version for version, _ in groupby(result.model_version for _, result in entries)]
        assert served == [reloads.sharp, *promotions]
        print(worker, gaps(entries))
    assert_results_are_of_the_version_that_they_name(reloads)


def test_status_and_metrics_name_the_version_that_judges(reloads: Reloads) -> None:
    for version in (reloads.unsure, reloads.sharp):
        reloads.promote(version)
        eventually(lambda v=version: {each["model_version"] for each in reloads.workers()} == {v}, TIMEOUT_S)  # type: ignore[misc]
        for each in reloads.system.processes("worker"):
            metrics = scraped(each.metrics_url)
            assert metrics["maskwatch_model_info", str(version)] == 1
            assert metrics["maskwatch_model_behind", ""] == 0


def assert_results_are_of_the_version_that_they_name(reloads: Reloads) -> None:
    chance = 1 / len(reloads.registry.manifest(1).labels)
    sure = {reloads.sharp: set[bool](), reloads.unsure: set[bool]()}
    for camera in CAMERAS:
        for _, result in reloads.results(camera):
            sure[result.model_version].update(detection.confidence > chance + 0.05 for detection in result.detections)
    assert sure == {reloads.sharp: {True}, reloads.unsure: {False}}


def gaps(entries: list[tuple[EntryId, FrameResult]]) -> str:
    """Milliseconds between one batch of a worker and the next: within a version, and over a change."""
    batches = [next(group) for _, group in groupby(entries, key=lambda entry: entry[0][0])]
    within: list[int] = []
    over: list[int] = []
    for (before, earlier), (after, later) in pairwise(batches):
        (within if earlier.model_version == later.model_version else over).append(after[0] - before[0])
    within.sort()
    return f"{len(within)} gaps: median {within[len(within) // 2]}, longest {within[-1]}; at changes {sorted(over)}"


@pytest.mark.parametrize("name", [
    "a truncated model", "a wrong checksum", "other golden outputs", "an empty folder",
    "a promotion that is no JSON", "a promoted version that is not there",
])  # fmt: skip
def test_what_cannot_be_served_is_refused_and_the_old_version_serves_on(name: str, reloads: Reloads) -> None:
    served = next(iter(reloads.latest().values())).model_version
    before = {camera: reloads.captured(camera) for camera in CAMERAS}
    promote_it, outcome = FAULTS[name]
    counted = reloads.outcomes(outcome)
    promote_it(reloads.registry)
    reloads.nudge()
    eventually(lambda: has_risen(counted, reloads.outcomes(outcome)), TIMEOUT_S, INTERVAL_S)
    urls = [each.metrics_url for each in reloads.system.processes("worker")]
    assert [scraped(url)["maskwatch_model_behind", ""] for url in urls] == [1] * WORKERS
    for camera, captured in before.items():
        eventually(lambda c=camera, n=captured: reloads.captured(c) > n + 2 * MAX_IN_FLIGHT, TIMEOUT_S, INTERVAL_S)  # type: ignore[misc]
    assert reloads.all_serve(served)
    good = reloads.unsure if served == reloads.sharp else reloads.sharp
    reloads.promote(good)
    eventually(lambda: reloads.all_serve(good), TIMEOUT_S, INTERVAL_S)


def has_risen(before: list[float], after: list[float]) -> bool:
    return len(after) == len(before) and all(each > earlier for earlier, each in zip(before, after, strict=True))


def test_no_frame_is_lost_or_judged_twice_in_all_this(reloads: Reloads) -> None:
    for camera in CAMERAS:
        captured = reloads.captured(camera)
        # Twice as many as are ever in flight: whatever was captured by now has ended by then.
        eventually(lambda c=camera, n=captured: reloads.are_judged(c, n), TIMEOUT_S, INTERVAL_S)  # type: ignore[misc]
        results = [result for _, result in reloads.results(camera)]
        assert {result.outcome for result in results} == {FrameOutcome.PROCESSED}
        sequences = [result.sequence for result in results]
        assert len(sequences) == len(set(sequences))
        assert set(sequences).issuperset(range(captured))
