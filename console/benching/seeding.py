"""`maskwatch bench seed` from what was asked for to the figures."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from console.benching import source_tree
from console.benching.composed_clip import Clip, composed
from console.benching.loop_runs import Loop
from console.benching.seed_figures import Figures, figures, lower_recall
from console.benching.seed_runs import Seed, frames_of
from console.benching.seed_runs import measured as run
from console.errors import BadInput
from console.progress import progress_bars
from worker.labelled_data import UnusableData
from worker.offline import UnreadableSource


@dataclass(frozen=True)
class Request:
    """What is to be compared; ``None`` stands for what lies beside the source tree, or for all photographs."""

    clip: Path | None
    boxes: Path | None
    model: Path | None
    photographs: int | None
    loop_frames: int
    rounds: int
    workers: int


@dataclass(frozen=True)
class Outcome:
    """What was found, and under which circumstances; ``load`` is how busy the machine was at the start."""

    figures: Sequence[Figures]
    lower_recall: Sequence[str]
    clip: str
    frames: int
    loop_frames: int
    rounds: int
    workers: int
    cores: int
    load: float


def measured(request: Request) -> Outcome:
    """Compare both on the clip asked for, or on one that is made of annotated photographs.

    Raises:
        BadInput: the source tree, the model, the photographs or the clip is missing or cannot be used.
        CommandFailed: the loop or the system ends early.
    """
    repository, model = source_tree.repository(), source_tree.opponent_model(request.model)
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="maskwatch-bench-") as folder, progress_bars() as progress:
        task = progress.add_task("making the clip", total=None)
        clip = _clip(request, Path(folder))
        loop = Loop(repository, clip.path, model)
        seed = Seed(clip, loop, request.loop_frames, request.rounds, request.workers, Path(folder))
        runs = run(seed, lambda what: progress.update(task, description=what))
    found = figures(runs, cores, clip.truth)
    return Outcome(
        figures=found,
        lower_recall=lower_recall(found) if clip.truth else (),
        clip=request.clip.name if request.clip else "annotated photographs",
        frames=clip.frames,
        loop_frames=len(runs.loop),
        rounds=request.rounds,
        workers=request.workers,
        cores=cores,
        load=round(load, 2),
    )


def _clip(request: Request, folder: Path) -> Clip:
    try:
        if request.clip is not None:
            return Clip(request.clip.resolve(), frames_of(request.clip))
        return composed(source_tree.photographs(request.boxes), folder / "clip.mp4", request.photographs)
    except (UnreadableSource, UnusableData) as error:
        raise BadInput(str(error)) from error
