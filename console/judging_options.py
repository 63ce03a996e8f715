"""Options of the commands that judge pictures without any server, and the pipeline that they choose."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.errors import BadInput
from console.registry_option import registry_root
from console.yunet_weights import MISSING, with_weights
from shared.model_registry import ModelRegistry
from shared.settings import DetectorName, WorkerSettings, load

if TYPE_CHECKING:
    from worker.pipeline import Pipeline

DetectorOption = Annotated[DetectorName | None, typer.Option("--detector", help="How faces are found.")]
YunetOption = Annotated[
    Path | None, typer.Option("--yunet-weights", help="ONNX file of the detector yunet.", metavar="PATH")
]


def check_detector(settings: WorkerSettings) -> None:
    """See that the chosen detector has what it needs.

    Raises:
        BadInput: it has not.
    """
    if settings.detector != "yunet":
        return
    if settings.yunet_weights is None:
        raise BadInput(MISSING)
    if not settings.yunet_weights.is_file():
        raise BadInput(f"there are no YuNet weights at {settings.yunet_weights}")


def chosen_settings(detector: str | None, yunet_weights: Path | None, registry: str | None) -> WorkerSettings:
    """The worker's settings with these options; without a registry anywhere the shipped models serve.

    Raises:
        BadInput: the detector has not what it needs.
    """
    given = {"detector": detector, "yunet_weights": yunet_weights, "registry": _registry(registry)}
    settings = with_weights(load(WorkerSettings, **{name: value for name, value in given.items() if value is not None}))
    check_detector(settings)
    return settings


def _registry(given: str | None) -> str | None:
    root = registry_root(given, None)
    return root if given or ModelRegistry(root, load(WorkerSettings).model_name).versions() else None


def load_pipeline(settings: WorkerSettings) -> "Pipeline":
    """The detector and the model, ready to judge.

    Raises:
        BadInput: the detector's files cannot be used.
        ModelError: there is no sound model.
    """
    from worker import loading  # noqa: PLC0415 - loads OpenCV and LiteRT
    from worker.detectors import DetectorUnavailable  # noqa: PLC0415

    try:
        return loading.load_pipeline(settings)
    except DetectorUnavailable as error:
        raise BadInput(str(error)) from error
