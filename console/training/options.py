"""The options of `maskwatch train`."""

from pathlib import Path
from typing import Annotated

import typer

from console.training.tasks import Task

TaskOption = Annotated[Task, typer.Option("--task", help="What to train.")]
DataOption = Annotated[
    list[Path] | None,
    typer.Option("--data", help="Folder of labelled pictures; can be given several times.", metavar="DIR"),
]
BoxesOption = Annotated[
    Path | None, typer.Option("--boxes", help="Photographs with face boxes (boxes.json).", metavar="DIR")
]
HoldoutOption = Annotated[
    Path | None,
    typer.Option(
        "--holdout",
        help="Labelled pictures that only measure, never train; holdout/ in the data folder, where it is there.",
        metavar="DIR",
    ),
]
CorrectionsOption = Annotated[
    Path | None,
    typer.Option(
        "--corrections",
        help="Review folder whose labelled faces train too; review/ in the data folder by default.",
        metavar="DIR",
    ),
]
WeightsOption = Annotated[
    str | None,
    typer.Option(
        "--weights",
        help="What to begin with: current (the version served; the default), a version's number, imagenet, none, or "
        "a file of MobileNetV2 weights without top.",
        metavar="WHAT",
    ),
]
TeacherOption = Annotated[
    Path | None,
    typer.Option("--teacher", help="YuNet ONNX file that finds the faces; a detector needs it.", metavar="PATH"),
]
ClassesOption = Annotated[
    str | None,
    typer.Option(
        "--classes", help="What to tell apart, with commas: with_mask,without_mask, perhaps incorrect_mask, background."
    ),
]
EpochsOption = Annotated[int | None, typer.Option("--epochs", min=1, max=500, help="Epochs of fine-tuning at most.")]
SizeOption = Annotated[int | None, typer.Option("--size", min=32, max=224, help="Side of the input in pixels.")]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Decides all chance in the training.")]
AlphaOption = Annotated[float | None, typer.Option("--alpha", min=0.35, max=1.4, help="Width of the network.")]
PrecisionOption = Annotated[
    str | None,
    typer.Option(
        "--precision", help="Of the exported weights: float32, float16 or int8; of a detector float16, int8 or best."
    ),
]
PromoteOption = Annotated[
    bool | None,
    typer.Option("--promote/--no-promote", help="Serve the new version if it is no worse than the one served."),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Serve it even if it is worse; the version records that.")]
ShadowOption = Annotated[
    str | None,
    typer.Option("--shadow", help="Judge live faces beside the version served for so long first.", metavar="5m"),
]
ReportsOption = Annotated[
    Path | None,
    typer.Option(
        "--reports",
        help="Folder for the report with pictures of people; reports/ in the data folder by default.",
        metavar="DIR",
    ),
]
QueueOption = Annotated[bool, typer.Option("--queue", help="Leave the training to the running system's trainer.")]
FollowOption = Annotated[bool, typer.Option("--follow", help="Show the job just queued, or that which runs.")]
EveryOption = Annotated[
    str | None,
    typer.Option(
        "--every", help="Queue this training again and again: a cron expression ('0 3 * * 0') or 7d.", metavar="RULE"
    ),
]
SystemOption = Annotated[
    Path | None, typer.Option("--system", help="Data folder of the running system, if not the user's.", metavar="DIR")
]
MinutesOption = Annotated[
    float | None, typer.Option("--minutes", min=0.01, help="Detector: how long to fit; about 100 by default.")
]
WorkOption = Annotated[
    Path | None,
    typer.Option(
        "--work",
        help="Detector: folder for read pictures and checkpoints; training/detector in the data folder by default.",
        metavar="DIR",
    ),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Detector: go on with the training that was cut off.")]
FreshOption = Annotated[bool, typer.Option("--fresh", help="Detector: begin anew, whatever --work holds.")]
NoteOption = Annotated[
    str | None, typer.Option("--note", help="Detector: a sentence for the version's card.", metavar="TEXT")
]
