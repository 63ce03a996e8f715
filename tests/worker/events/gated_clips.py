"""Clips judged twice, with every frame looked at and behind the motion gate; as a program, a table of all of them.

``python -m tests.worker.events.gated_clips`` takes some minutes. A clip "with pauses" stands still for four
seconds after each second and a half, as if everybody in it stopped.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from producer.motion.gate import MotionGate
from producer.pictures.reduction import reduced_luma
from producer.sources.base import Luma, Picture
from shared.messages import Box, Detection, DropReason, FrameOutcome, FrameResult
from shared.settings import WorkerSettings
from tests.builders import BEGIN
from tests.worker.events.counting import judged
from worker.loading import load_servable_pipeline
from worker.offline import JudgedSourcePicture, judge_pictures, pictures, video_format
from worker.pipeline import Pipeline
from worker.regions import patches_of

VIDEOS = Path(__file__).parents[3].parent / "shared" / "data" / "videos"
KEYFRAME_INTERVAL_S = 1.5
PAUSE_EVERY_S, PAUSE_S = 1.5, 4.0


@dataclass(frozen=True)
class Shot:
    """One frame of a clip: when, how it looks to the gate, and all the faces in it."""

    at_s: float
    width: int
    height: int
    luma: Luma
    detections: tuple[Detection, ...]


def shots_of(clip: Path, fps: float, pipeline: Pipeline) -> list[Shot]:
    """About ``fps`` frames a second of a clip, with the faces in them."""
    rate = video_format(clip).frames_per_second
    taken = islice(pictures(clip), 0, None, max(1, round(rate / fps)))
    return [_shot(each, each.frame / rate) for each in judge_pictures(pipeline, taken)]


def _shot(judged: JudgedSourcePicture, at_s: float) -> Shot:
    height, width = judged.picture.shape[:2]
    luma = reduced_luma(Picture(luma=lambda: np.asarray(cv2.cvtColor(judged.picture, cv2.COLOR_BGR2GRAY), np.uint8)))
    assert luma is not None
    return Shot(at_s, width, height, luma, judged.detections)


def with_pauses(shots: Sequence[Shot]) -> list[Shot]:
    """The same, standing still now and then."""
    interval_s = shots[1].at_s - shots[0].at_s
    every, pause = round(PAUSE_EVERY_S / interval_s), round(PAUSE_S / interval_s)
    paused = [shot for n, shot in enumerate(shots) for _ in range(pause if n and n % every == 0 else 1)]
    return [replace(shot, at_s=n * interval_s) for n, shot in enumerate(paused)]


def looked_at(shots: Sequence[Shot]) -> list[FrameResult]:
    """The results of a camera whose every frame is scanned."""
    return [_result(n, shot).model_copy(update={"detections": shot.detections}) for n, shot in enumerate(shots)]


def behind_gate(shots: Sequence[Shot]) -> Iterator[FrameResult]:
    """The results of a camera behind the motion gate."""
    gate = MotionGate("medium", KEYFRAME_INTERVAL_S)
    for number, shot in enumerate(shots):
        look = gate.look(shot.luma, shot.width, shot.height, shot.at_s)
        result = _result(number, shot)
        if not look.is_wanted:
            yield result.model_copy(update={"outcome": FrameOutcome.DROPPED, "reason": DropReason.UNCHANGED})
            continue
        parts = [Box(*patch) for patch in patches_of(look.regions, shot.width, shot.height, min_face_px=24)]
        is_whole = Box(0, 0, shot.width, shot.height) in parts
        found = tuple(each for each in shot.detections if any(_holds(part, each.box) for part in parts))
        yield result.model_copy(update={"detections": found, "scanned": None if is_whole else tuple(parts)})


def _result(number: int, shot: Shot) -> FrameResult:
    return FrameResult(
        camera="clip",
        epoch=1,
        sequence=number,
        captured_at=BEGIN + timedelta(seconds=shot.at_s),
        on_overload="drop_oldest",
        width=shot.width,
        height=shot.height,
        outcome=FrameOutcome.PROCESSED,
    )


def _holds(part: Box, face: Box) -> bool:
    return part.x0 <= face.x0 and part.y0 <= face.y0 and face.x1 <= part.x1 and face.y1 <= part.y1


def _row(shots: Sequence[Shot]) -> str:
    plain, gated = judged(looked_at(shots)), judged(behind_gate(shots))
    sent = sum(each.outcome is FrameOutcome.PROCESSED for each in behind_gate(shots))
    return f"{plain.violations} / {plain.people} | {gated.violations} / {gated.people} | {sent} of {len(shots)}"


def _print_table() -> None:
    pipeline = load_servable_pipeline(WorkerSettings())
    print("| clip | frames/s | all looked at | behind the gate | sent |\n|---|---|---|---|---|")
    for name in sorted(json.loads((VIDEOS / "truth.json").read_text())):
        for fps in (10, 5):
            shots = shots_of(VIDEOS / name, fps, pipeline)
            print(f"| {Path(name).stem} | {fps} | {_row(shots)} |")
            print(f"| {Path(name).stem}, with pauses | {fps} | {_row(with_pauses(shots))} |", flush=True)
    pipeline.close()


if __name__ == "__main__":
    _print_table()
