"""`maskwatch bench`: what each stage costs on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.errors import BadInput
from console.judging_options import YunetOption, chosen_settings, load_pipeline
from console.output_files import STDOUT, JsonOption, check_writable, write_json
from shared.settings import WorkerSettings

if TYPE_CHECKING:
    from worker.detectors import Detector, Picture
    from worker.stage_bench import StageTiming

_DEMO_SIZE = (1280, 720)

SourceArgument = Annotated[
    Path | None, typer.Argument(help="A video, picture or folder to judge; the demo feed at 1280x720 without.")
]
FramesOption = Annotated[int, typer.Option("--frames", min=1, max=10_000, help="Pictures to take of it at most.")]


def bench(
    source: SourceArgument = None,
    *,
    frames: FramesOption = 30,
    yunet_weights: YunetOption = None,
    json_path: JsonOption = None,
) -> None:
    """Time decoding, every detector there is and classification, side by side on one thread."""
    check_writable(json_path)
    timings = _time(source, frames, yunet_weights)
    if json_path is not None:
        rows = [{"stage": t.stage, "variant": t.variant, "milliseconds": round(t.milliseconds, 3)} for t in timings]
        write_json(json_path, {"timings": rows})
    if json_path != STDOUT:
        for each in timings:
            typer.echo(f"{each.stage:9} {each.variant:12} {each.milliseconds:9.2f} ms  {each.note}")


def _time(source: Path | None, frames: int, yunet_weights: Path | None) -> "list[StageTiming]":
    import time  # noqa: PLC0415 - with the rest of what only this command needs

    from worker.stage_bench import time_stages  # noqa: PLC0415

    settings = chosen_settings(None, yunet_weights, None).model_copy(update={"worker_threads": 1})
    classifier = load_pipeline(settings).classifier
    return list(time_stages(_pictures(source, frames), _detectors(settings), classifier, time.monotonic))


def _detectors(settings: WorkerSettings) -> "list[Detector]":
    from worker.detectors import make_detector  # noqa: PLC0415

    names = ["haar", "maskwatch"] + (["yunet"] if settings.yunet_weights else [])
    return [make_detector(settings.model_copy(update={"detector": name})) for name in names]


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
