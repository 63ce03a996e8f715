from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from rich.console import Console

from console.benching import seed_report
from console.benching.composed_clip import Truth
from console.benching.loop_runs import LoopFrame
from console.benching.seed_figures import figures, lower_recall
from console.benching.seed_runs import Runs
from console.benching.seeding import Outcome
from console.benching.watched_pass import Pass
from shared.messages import Box, FrameResult, Label
from tests.builders import a_detection, a_result
from worker.labelled_data import AnnotatedFace

BARE, MASKED = Label.WITHOUT_MASK, Label.WITH_MASK
TRUTH = [
    (AnnotatedFace(label=BARE, box=Box(270, 170, 330, 230)), AnnotatedFace(label=MASKED, box=Box(770, 170, 830, 230))),
    (AnnotatedFace(label=BARE, box=Box(10, 10, 20, 20)),),  # too small to count
    (AnnotatedFace(label=BARE, box=Box(270, 170, 330, 230)),),
]
LEFT = a_detection(x=300, y=200, label=BARE)
RIGHT = a_detection(x=800, y=200, label=BARE)  # a masked face called bare


def _loop_frame(number: int, *faces: dict[str, Any]) -> LoopFrame:
    return LoopFrame.model_validate({"frame": number, "seconds": 0.5, "cpu_seconds": 0.8, "faces": faces})


def _passed(seconds: float, *results: FrameResult) -> Pass:
    return Pass(100, seconds, Counter({"worker": 3.0, "producer": 1.0}), results)


@pytest.fixture
def runs() -> Runs:
    right = {"box": (770, 170, 830, 230), "label": "with_mask", "confidence": 0.9}
    loop = [_loop_frame(0, right), _loop_frame(2)]
    results = a_result(0, LEFT, RIGHT), a_result(1), a_result(2, LEFT)
    return Runs(loop, {"whole": [_passed(2, *results), _passed(4, *results)], "gated": [_passed(1, a_result(0, LEFT))]})


def test_rates_are_frames_over_seconds_and_ratios_are_of_the_loop(runs: Runs) -> None:
    loop, whole, gated = figures(runs, 2, None)
    assert (loop.frames_per_second, loop.cpu_seconds, loop.per_core) == (2, 0.8, 1)
    assert whole.of_rounds == (50, 25)
    assert (whole.frames_per_second, whole.ratio) == (37.5, 18.75)
    assert (gated.frames_per_second, gated.ratio) == (100, 50)
    assert whole.cpu_seconds == pytest.approx(0.04)
    assert whole.cpu_ratio == pytest.approx(20)
    assert whole.cpu_seconds_of == pytest.approx({"worker": 0.03, "producer": 0.01})
    assert loop.accuracy == whole.accuracy == {}


def test_faces_are_counted_in_the_frames_that_the_loop_judged(runs: Runs) -> None:
    loop, whole, gated = figures(runs, 2, TRUTH)
    assert loop.accuracy[BARE].model_dump() == {"faces": 2, "found": 0, "rightly_called": 0}
    assert loop.accuracy[MASKED].model_dump() == {"faces": 1, "found": 1, "rightly_called": 1}
    assert whole.accuracy[BARE].model_dump() == {"faces": 2, "found": 2, "rightly_called": 2}
    assert whole.accuracy[MASKED].model_dump() == {"faces": 1, "found": 1, "rightly_called": 0}
    assert lower_recall([loop, whole]) == []
    assert lower_recall([loop, whole, gated]) == ["with_mask (gated)"]
    assert gated.accuracy[BARE].recall == 0.5


def _outcome(runs: Runs, truth: Sequence[Truth] | None) -> Outcome:
    found = figures(runs, 2, truth)
    return Outcome(found, lower_recall(found), "a clip", 100, 2, 1, 1, 2, 0.5)


def test_the_report_says_it_in_a_sentence_and_in_figures(runs: Runs) -> None:
    outcome = _outcome(runs, TRUTH)
    shown = Console(width=120)
    with shown.capture() as capture:
        shown.print(seed_report.table(outcome))
    text = " ".join(capture.get().split())
    assert "18.8 times as many frames a second as the classic loop" in text
    assert "fewer faces that are with_mask (gated)" in text
    report = seed_report.as_json(outcome)
    assert report["clip"] == "a clip"
    assert report["lower_recall"] == ["with_mask (gated)"]
    _, whole, _ = report["ways"]
    assert whole["accuracy"]["without_mask"]["recall"] == 1
    assert whole["cpu_seconds_a_frame_of"] == {"worker": 0.03, "producer": 0.01}


def test_of_a_clip_without_truth_speed_alone_is_told(runs: Runs) -> None:
    outcome = _outcome(runs, None)
    assert seed_report.sentence(outcome).endswith("behind the motion gate.")
    assert seed_report.as_json(outcome)["ways"][0]["accuracy"] == {}
