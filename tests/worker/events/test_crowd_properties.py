"""What must not matter to counting: which way people walk, in which order faces are listed, how large a picture is."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
import pytest

from shared.messages import Box, Detection, FrameResult
from shared.settings import EventsSettings
from tests.builders import a_detection, a_result
from tests.worker.events.counting import Counted, judged
from tests.worker.events.crowd_scene import WIDTH, Crowd, scene_of
from tests.worker.events.synthetic_crowd import LEVELS
from tests.worker.events.synthetic_sight import results_of
from worker.events.judge import Judge
from worker.events.reorder import Arrival
from worker.events.rules import rules_of
from worker.events.verdict import JudgeState, Verdict

CLOTHES = (131, 122, 166) * 4
SEEDS = range(3)
FPS = 6
MOST_BYTES_OF_A_CROWD_OF_20 = 24_000


def _results(seed: int) -> list[FrameResult]:
    scene = scene_of(Crowd(people=6, duration_s=12), seed)
    return list(results_of(scene, LEVELS["usual"], FPS, seed))


def _counted(results: Sequence[FrameResult], change: Callable[[Detection], Detection]) -> Counted:
    changed = [
        each.model_copy(update={"detections": tuple(change(face) for face in each.detections)}) for each in results
    ]
    return judged(changed)


def _mirrored(face: Detection) -> Detection:
    x0, y0, x1, y1 = face.box
    cells = [face.appearance[n : n + 3] for n in range(0, len(face.appearance), 3)]
    swapped = [cells[n] for n in (1, 0, 3, 2)] if cells else []
    return face.model_copy(
        update={"box": Box(WIDTH - x1, y0, WIDTH - x0, y1), "appearance": tuple(v for cell in swapped for v in cell)}
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mirrored_scene_counts_the_same(seed: int) -> None:
    results = _results(seed)
    assert _counted(results, _mirrored) == judged(results)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_faces_does_not_matter(seed: int) -> None:
    results = _results(seed)
    turned = [each.model_copy(update={"detections": each.detections[::-1]}) for each in results]
    assert judged(turned) == judged(results)


@pytest.mark.parametrize("seed", SEEDS)
def test_when_it_happens_does_not_matter(seed: int) -> None:
    results = _results(seed)
    later = timedelta(days=400, seconds=0.125)
    moved = [each.model_copy(update={"captured_at": each.captured_at + later}) for each in results]
    assert judged(moved) == judged(results)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_judge_restored_after_every_frame_counts_a_crowd_the_same(seed: int) -> None:
    results, state, verdict = _results(seed), JudgeState(), Verdict()
    for result in results:
        judge = Judge("clip", rules_of(EventsSettings()), JudgeState.model_validate_json(state.model_dump_json()))
        judge.take(Arrival("1-0", result, {}), verdict)
        state = judge.state
    undisturbed, expected = Judge("clip", rules_of(EventsSettings())), Verdict()
    for result in results:
        undisturbed.take(Arrival("1-0", result, {}), expected)
    assert state == undisturbed.state
    assert verdict == expected


def test_the_state_of_twenty_people_stays_small() -> None:
    sizes: list[int] = []
    judged(_twenty_people(), watch=lambda state, _: sizes.append(len(state.model_dump_json())))
    assert max(sizes) < MOST_BYTES_OF_A_CROWD_OF_20


def _twenty_people() -> list[FrameResult]:
    random = np.random.default_rng(1)
    places = [(60 + 120 * (n % 10), 100 + 250 * (n // 10)) for n in range(20)]
    return [a_result(number, *(_face(place, random) for place in places)) for number in range(40)]


def _face(place: tuple[int, int], random: np.random.Generator) -> Detection:
    x, y = np.add(place, random.normal(0, 2, 2))
    return a_detection(float(x), float(y), appearance=CLOTHES)
