"""The results of a clip's frames, found once and kept in a file: counting them again takes a second."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from shared.messages import FrameOutcome, FrameResult
from shared.settings import WorkerSettings
from tests.builders import BEGIN
from worker.loading import load_servable_pipeline
from worker.offline import JudgedSourcePicture, judge_pictures, pictures, video_format


def results_of_clip(clip: Path, cache: Path) -> list[FrameResult]:
    """What the shipped detector and classifier find in every frame; ``cache`` is a folder.

    What is kept there is of the models that were shipped when it was written.
    """
    kept = cache / f"{clip.stem}.jsonl"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_text("".join(f"{each.model_dump_json()}\n" for each in _found_in(clip)))
    return [FrameResult.model_validate_json(line) for line in kept.read_text().splitlines()]


def at_rate(results: Iterable[FrameResult], fps: float) -> Iterator[FrameResult]:
    """The first frame of each of the intervals that a rate makes, as a producer takes them."""
    latest = -1
    for result in results:
        interval = int((result.captured_at - BEGIN).total_seconds() * fps + 1e-6)
        if interval > latest:
            latest = interval
            yield result


def _found_in(clip: Path) -> Iterator[FrameResult]:
    rate = video_format(clip).frames_per_second
    pipeline = load_servable_pipeline(WorkerSettings())
    yield from (_result(each, rate) for each in judge_pictures(pipeline, pictures(clip)))
    pipeline.close()


def _result(judged: JudgedSourcePicture, rate: float) -> FrameResult:
    height, width = judged.picture.shape[:2]
    return FrameResult(
        camera="clip",
        epoch=1,
        sequence=judged.frame,
        captured_at=BEGIN + timedelta(seconds=judged.frame / rate),
        on_overload="drop_oldest",
        width=width,
        height=height,
        outcome=FrameOutcome.PROCESSED,
        detections=judged.detections,
    )
