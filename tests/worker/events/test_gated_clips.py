"""What is counted must not depend on how many frames a still scene spares the workers."""

from collections.abc import Iterator

import pytest

from shared.settings import WorkerSettings
from tests.worker.events.counting import judged
from tests.worker.events.gated_clips import VIDEOS, behind_gate, looked_at, shots_of, with_pauses
from worker.loading import load_servable_pipeline
from worker.pipeline import Pipeline

CLIPS = ["puts_mask_on.mp4", "one_bare.mp4", "four_people.mp4", "chin_mask_and_phone.avi"]

pytestmark = [
    pytest.mark.skipif(not VIDEOS.is_dir(), reason="the filmed clips are not here: ../shared/data/videos"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def shipped() -> Iterator[Pipeline]:
    pipeline = load_servable_pipeline(WorkerSettings())
    yield pipeline
    pipeline.close()


@pytest.mark.parametrize("clip", CLIPS)
def test_a_clip_counts_the_same_behind_the_motion_gate_though_everybody_stops_now_and_then(
    shipped: Pipeline, clip: str
) -> None:
    shots = shots_of(VIDEOS / clip, 5, shipped)
    for each in (shots, with_pauses(shots)):
        gated, plain = judged(behind_gate(each)), judged(looked_at(each))
        assert gated.violations == plain.violations
        assert abs(gated.people - plain.people) <= 1  # a false face that flickers may be one or none
