"""A training of the face detector in this very process, with bars; what is cut off goes on later."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from console.errors import BadInput
from console.finding import data_folder
from console.progress import progress_bars
from console.registry_option import registry_root
from console.training.here import bars
from console.training.words import outcome_words
from deploy.local.shipped_models import SHIPPED
from trainer.detector.settings import DetectorSettings
from trainer.jobs.outcome import outcome_of
from trainer.settings import TrainingRefused

REQUIRED = ("data", "boxes", "teacher")
# Settings whose options are called otherwise.
OPTION_OF = {"faces": "data"}


def train_detector_here(options: Mapping[str, Any], registry: str | None, system: Path | None) -> None:
    """Train now and say what came out.

    Raises:
        BadInput: what was asked cannot be trained.
        typer.Exit: interrupted; says how to go on.
    """
    settings = detector_settings(options, registry or registry_root(None, system), system)
    # TensorFlow tells of its processor on standard error unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from trainer.detector.training import train_detector  # noqa: PLC0415

    try:
        with progress_bars() as progress:
            outcome = outcome_of(train_detector(settings, bars(progress)), str(settings.registry))
    except TrainingRefused as error:
        raise BadInput(str(error)) from error
    except KeyboardInterrupt:
        typer.echo("stopped, nothing was published; the same command with --resume goes on", err=True)
        raise typer.Exit(130) from None
    typer.echo(outcome_words(outcome))


def detector_settings(options: Mapping[str, Any], registry: str, system: Path | None) -> DetectorSettings:
    """The settings that options (by name, None where not given) make, with the data folder's places for the rest.

    Raises:
        BadInput: an option is missing, out of its range, or names what is not there.
    """
    for name in REQUIRED:
        if not options.get(name):
            raise BadInput(f"--{name} is missing: --task detector needs --data, --boxes and --teacher")
    place = data_folder(system).root
    chosen = {
        "faces": _existing("data", _only(options["data"])),
        "boxes": _existing("boxes", options["boxes"]),
        "teacher": _existing("teacher", options["teacher"]),
        "work": _absolute(options.get("work") or place / "training" / "detector"),
        "reports": _absolute(options.get("reports") or place / "reports"),
        "registry": registry,
        "served": SHIPPED,
    }
    others = ("minutes", "seed", "precision", "resume", "fresh", "promote", "force", "note")
    chosen |= {name: options[name] for name in others if options.get(name) is not None}
    try:
        return DetectorSettings.model_validate(chosen)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise BadInput(f"--{OPTION_OF.get(name, name)}: {first['msg']}") from error


def _only(folders: Sequence[Path]) -> Path:
    if len(folders) > 1:
        raise BadInput("--data: a detector takes one folder; put manifests together to learn from several")
    return folders[0]


def _existing(name: str, path: Path) -> Path:
    absolute = _absolute(path)
    if not absolute.exists():
        raise BadInput(f"--{name}: there is no {path}")
    return absolute


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()
