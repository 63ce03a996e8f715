"""`maskwatch evaluate`: how good the detector and the model are on labelled data."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.errors import BadInput
from console.judging_options import DetectorOption, YunetOption, chosen_settings, load_pipeline
from console.output_files import STDOUT, JsonOption, check_writable, write_json
from console.registry_option import RegistryOption

if TYPE_CHECKING:
    from shared.settings import WorkerSettings

BoxesOption = Annotated[
    Path | None, typer.Option("--boxes", help="Photographs with boxes.json: detector and model.", metavar="DIR")
]
FacesOption = Annotated[
    Path | None, typer.Option("--faces", help="Pictures of one face in folders by label: the model.", metavar="DIR")
]


def evaluate(
    *,
    boxes: BoxesOption = None,
    faces: FacesOption = None,
    json_path: JsonOption = None,
    detector: DetectorOption = None,
    yunet_weights: YunetOption = None,
    registry: RegistryOption = None,
) -> None:
    """Measure against photographs with face boxes, or against pictures of faces."""
    if (boxes is None) == (faces is None):
        raise BadInput("give either --boxes DIR or --faces DIR")
    check_writable(json_path)
    figures = _measure(boxes, faces, chosen_settings(detector, yunet_weights, registry))
    if json_path is not None:
        write_json(json_path, figures)
    if json_path != STDOUT:
        for name, value in _flat(figures):
            typer.echo(f"{name:40} {value}")


def _measure(boxes: Path | None, faces: Path | None, settings: "WorkerSettings") -> dict[str, Any]:
    from console.progress import progress_bars  # noqa: PLC0415 - other commands start without all this
    from worker import evaluation, offline  # noqa: PLC0415

    pipeline = load_pipeline(settings)
    with progress_bars() as bar:
        task = bar.add_task("pictures", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        try:
            if boxes is not None:
                return evaluation.evaluate_boxes(pipeline, boxes, show).model_dump()
            return evaluation.evaluate_faces(pipeline.classifier, faces or Path(), show, pipeline.detector).model_dump()
        except (evaluation.UnusableData, offline.UnreadableSource) as error:
            raise BadInput(str(error)) from error


def _flat(figures: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested figures as one line each, by their path."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", value
