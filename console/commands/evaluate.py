"""`maskwatch evaluate`: how good the detector and the model are on labelled data."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

from console.errors import BadInput, CommandFailed
from console.evaluating_options import (
    BoxesOption,
    Choice,
    CurveOption,
    DetectorsOption,
    DetectorVersionOption,
    FacesOption,
    MinConfidenceOption,
    MinFaceOption,
    ModelVersionOption,
    PublishedOption,
    PublishOption,
    UnpublishOption,
    check_curve,
)
from console.finding import DataOption, RedisOption, running_system
from console.judging_options import YunetOption
from console.output_files import STDOUT, JsonOption, check_writable, write_json
from console.registry_option import RegistryOption, registry_root

if TYPE_CHECKING:
    from worker.evaluation import BoxesReport


def evaluate(  # noqa: PLR0913 - each is an option
    *,
    boxes: BoxesOption = None,
    faces: FacesOption = None,
    json_path: JsonOption = None,
    curve: CurveOption = None,
    detector: DetectorsOption = None,
    yunet_weights: YunetOption = None,
    min_face_px: MinFaceOption = None,
    min_confidence: MinConfidenceOption = None,
    model_version: ModelVersionOption = None,
    detector_version: DetectorVersionOption = None,
    registry: RegistryOption = None,
    publish: PublishOption = False,
    published: PublishedOption = False,
    unpublish: UnpublishOption = False,
    data: DataOption = None,
    redis: RedisOption = None,
) -> None:
    """Measure against photographs with face boxes, or against pictures of faces.

    With --detector given several times, all of them judge the same photographs side by side.
    """
    if published or unpublish:
        if boxes or faces or publish or (published and unpublish):
            raise BadInput("give --published or --unpublish alone, with --data or --redis")
        _withdraw(data, redis) if unpublish else _show_published(data, redis, json_path)
        return
    if (boxes is None) == (faces is None):
        raise BadInput("give either --boxes DIR or --faces DIR")
    if publish:
        _check_publishing(boxes, data, redis)
    check_writable(json_path)
    check_curve(curve, boxes)
    choice = Choice(
        detectors=tuple(dict.fromkeys(detector or [])),
        yunet_weights=yunet_weights,
        working_point={"min_face_px": min_face_px, "min_face_confidence": min_confidence},
        model_version=model_version,
        detector_version=detector_version,
        registry=registry_root(registry, data) if data and not registry else registry,
    )
    if boxes is not None:
        reports = _evaluate_boxes(boxes, choice, json_path, curve)
        if publish:
            _publish(reports, data, redis, is_told=json_path != STDOUT)
        _complain_of_unreadable(reports)
    elif faces is not None:
        _evaluate_faces(faces, choice, json_path)


def _evaluate_boxes(
    folder: Path, choice: Choice, json_path: Path | None, curve: Path | None
) -> Mapping[str, "BoxesReport"]:
    from console import evaluating  # noqa: PLC0415 - other commands start without all this
    from console.evaluation_tables import evaluation_tables  # noqa: PLC0415

    found = evaluating.on_photographs(folder, choice)
    reports = {name: each.report for name, each in found.items()}
    if curve is not None:
        evaluating.save_curve(found, curve)
    if json_path is not None:
        figures = {name: report.model_dump(mode="json") for name, report in reports.items()}
        write_json(json_path, next(iter(figures.values())) if len(figures) == 1 else {"detectors": figures})
    if json_path != STDOUT:
        Console().print(evaluation_tables(reports))
    return reports


def _complain_of_unreadable(reports: Mapping[str, "BoxesReport"]) -> None:
    unreadable = next(iter(reports.values())).unreadable
    if unreadable:
        more = f" (and {len(unreadable) - 1} more)" if len(unreadable) > 1 else ""
        raise CommandFailed(f"{unreadable[0]}{more} is no picture that can be read; all others were measured")


def _check_publishing(boxes: Path | None, data: Path | None, redis: str | None) -> None:
    """See that there is a system to publish for, before the work is done."""
    if boxes is None:
        raise BadInput("--publish needs photographs: give --boxes DIR")
    with running_system(data, redis):
        pass


def _publish(reports: Mapping[str, "BoxesReport"], data: Path | None, redis: str | None, *, is_told: bool) -> None:
    from console import evaluation_publishing  # noqa: PLC0415 - other commands start without all this

    with running_system(data, redis) as system:
        for figures in evaluation_publishing.publish(system.servers.state, reports):
            if is_told:
                typer.echo(f"published: counts are corrected with these figures of {figures.detector} from now on")


def _show_published(data: Path | None, redis: str | None, json_path: Path | None) -> None:
    from console import evaluation_publishing  # noqa: PLC0415 - other commands start without all this
    from console.compliance import reference  # noqa: PLC0415

    check_writable(json_path)
    with running_system(data, redis) as system:
        found = reference.published(system.servers.state)
    if json_path is not None:
        write_json(json_path, {name: figures.model_dump(mode="json") for name, figures in sorted(found.items())})
    if json_path != STDOUT:
        for _, figures in sorted(found.items()):
            typer.echo("\n".join(evaluation_publishing.as_lines(figures)))
        if not found:
            typer.echo("nothing is published: counts are corrected with the figures that were shipped")


def _withdraw(data: Path | None, redis: str | None) -> None:
    from console import evaluation_publishing  # noqa: PLC0415 - other commands start without all this

    with running_system(data, redis) as system:
        detectors = evaluation_publishing.withdraw(system.servers.state)
    what = f"the figures of {', '.join(detectors)} are withdrawn" if detectors else "nothing was published"
    typer.echo(f"{what}: counts are corrected with the figures that were shipped")


def _evaluate_faces(folder: Path, choice: Choice, json_path: Path | None) -> None:
    from console import evaluating  # noqa: PLC0415 - other commands start without all this

    figures = evaluating.on_faces(folder, choice).model_dump()
    if json_path is not None:
        write_json(json_path, figures)
    if json_path != STDOUT:
        for name, value in _flat(figures):
            typer.echo(f"{name:40} {value}")


def _flat(figures: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested figures as one line each, by their path."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", value
