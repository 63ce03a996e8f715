"""`maskwatch bench stage`: what each stage costs beside the library call that does its work."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from console.benching.names import STAGES
from console.errors import BadInput
from console.judging_options import YunetOption, check_detector, chosen_settings, load_pipeline
from console.output_files import STDOUT, JsonOption, check_writable, write_json
from console.progress import progress_bars
from shared.settings import WorkerSettings

if TYPE_CHECKING:
    from console.benching.stages import Bench
    from worker.benching.cases import StageTiming
    from worker.benching.scenes import Scene
    from worker.detectors import Picture

_DEMO_SIZE = (1280, 720)

SourceArgument = Annotated[
    Path | None,
    typer.Argument(help="A video, picture or folder to take pictures of; the demo feed at 1280x720 without."),
]
FramesOption = Annotated[int, typer.Option("--frames", min=1, max=10_000, help="Pictures to take of it, and rounds.")]
FacesOption = Annotated[
    float | None,
    typer.Option("--faces", min=0, max=1_000, help="Faces a frame to reckon shares with; as many as found without."),
]
OnlyOption = Annotated[
    list[str] | None,
    typer.Option("--only", help=f"Only this stage, several times; of {', '.join(STAGES)}.", metavar="STAGE"),
]


def stage(
    source: SourceArgument = None,
    *,
    frames: FramesOption = 30,
    faces: FacesOption = None,
    only: OnlyOption = None,
    yunet_weights: YunetOption = None,
    json_path: JsonOption = None,
) -> None:
    """Time each stage of a frame's way on one thread, each in turn with the bare library call for its work."""
    from console.benching import stage_report, stages  # noqa: PLC0415 - loads all that is measured

    check_writable(json_path)
    _check_names(only or ())
    settings = chosen_settings(None, yunet_weights, None).model_copy(update={"worker_threads": 1})
    if settings.yunet_weights is not None:
        check_detector(settings.model_copy(update={"detector": "yunet"}))
    scene = _scene(source, frames, faces, settings)
    timings = _timings(stages.Bench(scene, settings, frames, only or STAGES))
    facts = {"rounds": frames, "faces_a_frame": round(scene.faces, 3), "size": list(scene.size)}
    if json_path is not None:
        write_json(json_path, stage_report.as_json(timings, facts))
    if json_path != STDOUT:
        Console().print(stage_report.table(timings, facts))


def _check_names(stages: Sequence[str]) -> None:
    for each in stages:
        if each not in STAGES:
            raise BadInput(f"there is no stage {each!r}: give one of {', '.join(STAGES)}")


def _scene(source: Path | None, frames: int, faces: float | None, settings: WorkerSettings) -> "Scene":
    from worker.benching.scenes import scene_of  # noqa: PLC0415 - loads OpenCV

    pipeline = load_pipeline(settings)
    try:
        return scene_of(_pictures(source, frames), pipeline, faces)
    finally:
        pipeline.close()


def _timings(bench: "Bench") -> "list[StageTiming]":
    from console.benching.stages import timings  # noqa: PLC0415 - see above
    from worker.detectors import DetectorUnavailable  # noqa: PLC0415

    # Drawn by hand: a thread that draws would be measured too.
    with progress_bars(auto_refresh=False) as progress:
        task = progress.add_task("", total=None)

        def say(what: str) -> None:
            progress.update(task, description=what, refresh=True)

        try:
            return list(timings(bench, say))
        except DetectorUnavailable as error:
            raise BadInput(str(error)) from error


def _pictures(source: Path | None, frames: int) -> "list[Picture]":
    from itertools import islice  # noqa: PLC0415

    from worker import offline  # noqa: PLC0415

    if source is not None:
        try:
            every = (each.picture for file in offline.files_of(source) for each in offline.pictures(file))
            return list(islice(every, frames))
        except offline.UnreadableSource as error:
            raise BadInput(str(error)) from error
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    from producer.sources.demo.scene import draw  # noqa: PLC0415

    drawn = [cv2.resize(draw(number % 2 == 1, number * 5), _DEMO_SIZE) for number in range(frames)]
    return [picture.astype(np.uint8) for picture in drawn]
