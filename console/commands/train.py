"""`maskwatch train`: a new model version from labelled pictures."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.errors import BadInput
from console.registry_option import RegistryOption, registry_root

if TYPE_CHECKING:
    from rich.progress import Progress

    from trainer.settings import TrainProgress

DataOption = Annotated[
    list[Path], typer.Option("--data", help="Folder of labelled pictures; can be given several times.", metavar="DIR")
]
BoxesOption = Annotated[
    Path | None, typer.Option("--boxes", help="Photographs with face boxes (boxes.json).", metavar="DIR")
]
WeightsOption = Annotated[
    Path | None, typer.Option("--weights", help="MobileNetV2 weights without top to begin with.", metavar="PATH")
]
TeacherOption = Annotated[
    Path | None, typer.Option("--teacher", help="YuNet ONNX file that finds the faces.", metavar="PATH")
]
EpochsOption = Annotated[int | None, typer.Option("--epochs", min=1, max=500, help="Epochs of fine-tuning at most.")]
SizeOption = Annotated[int | None, typer.Option("--size", min=32, max=224, help="Side of the input in pixels.")]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Decides the split and all chance.")]
AlphaOption = Annotated[float | None, typer.Option("--alpha", min=0.35, max=1.4, help="Width of the network.")]
PromoteOption = Annotated[
    bool | None,
    typer.Option(
        "--promote/--no-promote",
        help="Make the new version the one to serve; done by itself when --weights are given, since a network "
        "that begins with chance is no match for one that does not.",
    ),
]


def train(  # noqa: PLR0913 - each is an option
    *,
    data: DataOption,
    registry: RegistryOption = None,
    boxes: BoxesOption = None,
    weights: WeightsOption = None,
    teacher: TeacherOption = None,
    epochs: EpochsOption = None,
    size: SizeOption = None,
    seed: SeedOption = None,
    alpha: AlphaOption = None,
    promote: PromoteOption = None,
) -> None:
    """Train the classifier and publish it as a new version."""
    paths = {"boxes": boxes, "weights": weights, "teacher": teacher}
    numbers = {"epochs": epochs, "size": size, "seed": seed, "alpha": alpha}
    chosen = {name: value for name, value in (paths | numbers).items() if value is not None}
    chosen["promote"] = promote if promote is not None else weights is not None
    _train({"data": tuple(data), "registry": registry_root(registry, None), **chosen})


def _train(options: dict[str, Any]) -> None:
    # TensorFlow tells of its processor on standard error unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from console.progress import progress_bars  # noqa: PLC0415 - other commands start without all this
    from trainer.settings import TrainingRefused, TrainSettings  # noqa: PLC0415
    from trainer.training import train  # noqa: PLC0415

    with progress_bars() as progress:
        try:
            manifest = train(TrainSettings(**options), _bar(progress))
        except TrainingRefused as error:
            raise BadInput(str(error)) from error
    promoted = (
        "current from now on" if options["promote"] else f"not promoted: maskwatch models promote {manifest.version}"
    )
    typer.echo(f"published version {manifest.version} of {manifest.name} in {options['registry']}, {promoted}")


def _bar(progress: "Progress") -> "Callable[[TrainProgress], None]":
    """One bar a phase."""
    tasks: dict[str, Any] = {}

    def show(step: "TrainProgress") -> None:
        if step.phase not in tasks:
            tasks[step.phase] = progress.add_task(step.phase)
        progress.update(
            tasks[step.phase], total=step.total, completed=step.done, description=f"{step.phase} {step.note}".strip()
        )

    return show
