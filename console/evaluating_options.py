"""The options of `maskwatch evaluate`, and the settings that they choose."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_args

import typer

from console.errors import BadInput
from console.judging_options import chosen_settings
from console.output_files import check_writable
from shared.settings import DetectorName, WorkerSettings

CURVE_SUFFIXES = (".png", ".svg")


def _known(names: list[str] | None) -> list[str] | None:
    # A list of them cannot be an option's type, so the names are checked here.
    for name in names or []:
        if name not in get_args(DetectorName):
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(get_args(DetectorName))}.")
    return names


BoxesOption = Annotated[
    Path | None,
    typer.Option(
        "--boxes", help="Photographs with boxes.json, or with Pascal VOC files: detector and model.", metavar="DIR"
    ),
]
FacesOption = Annotated[
    Path | None, typer.Option("--faces", help="Pictures of one face in folders by label: the model.", metavar="DIR")
]
CurveOption = Annotated[
    Path | None,
    typer.Option("--curve", help="Draw precision and recall over confidence (png or svg).", metavar="FILE"),
]
DetectorsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--detector",
        help="How faces are found; can be given several times.",
        metavar=f"[{'|'.join(get_args(DetectorName))}]",
        callback=_known,
    ),
]
MinFaceOption = Annotated[
    int | None, typer.Option("--min-face-px", min=8, max=1024, help="Width of the smallest faces to look for.")
]
MinConfidenceOption = Annotated[
    float | None, typer.Option("--min-confidence", min=0, max=1, help="How sure the detector must be of a face.")
]
ModelVersionOption = Annotated[
    int | None, typer.Option("--model-version", min=1, help="Of the model; the one that is served by default.")
]
DetectorVersionOption = Annotated[
    int | None,
    typer.Option("--detector-version", min=1, help="Of the detector maskwatch; the one that is served by default."),
]
PublishOption = Annotated[
    bool, typer.Option("--publish", help="Let the running system correct its counts with these figures.")
]
PublishedOption = Annotated[bool, typer.Option("--published", help="Show what was published, and measure nothing.")]
UnpublishOption = Annotated[
    bool, typer.Option("--unpublish", help="Go back to the figures that were shipped, and measure nothing.")
]


@dataclass(frozen=True)
class Choice:
    """What to measure: detectors by name (none is that of the settings), versions (none is the current one)."""

    detectors: tuple[str, ...]
    yunet_weights: Path | None
    working_point: Mapping[str, float | None]  # settings of the worker by name; none is as set
    model_version: int | None
    detector_version: int | None
    registry: str | None

    def settings(self) -> list[WorkerSettings]:
        """The worker's settings for each detector.

        Raises:
            BadInput: a detector has not what it needs, or none has the versions that one is chosen of.
        """
        given = {name: value for name, value in self.working_point.items() if value is not None}
        chosen = [
            chosen_settings(name, self.yunet_weights, self.registry).model_copy(update=given)
            for name in self.detectors or (None,)
        ]
        if self.detector_version is not None and all(each.detector != "maskwatch" for each in chosen):
            raise BadInput("--detector-version is of the detector maskwatch: add --detector maskwatch")
        return chosen


def check_curve(path: Path | None, boxes: Path | None) -> None:
    """See that a curve can be drawn, before the work is done that it shows.

    Raises:
        BadInput: it cannot.
    """
    if path is None:
        return
    if boxes is None:
        raise BadInput("--curve needs photographs: give --boxes DIR")
    if path.suffix.lower() not in CURVE_SUFFIXES:
        raise BadInput(f"{path} is no picture that can be drawn: give --curve a name that ends in .png or .svg")
    check_writable(path)
