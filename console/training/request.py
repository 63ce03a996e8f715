"""A training as the options of a command describe it, checked before anybody waits for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from console.errors import BadInput
from console.paths import usable_path
from trainer.settings import TrainSettings

NAMED_WEIGHTS = frozenset({"none", "imagenet", "current"})  # beside a version's number and a path


def settings_from(options: Mapping[str, Any], prefix: str = "--") -> TrainSettings:
    """The settings that options (those given, by field name) make, with absolute paths.

    ``prefix`` stands before the names of options in errors.

    Raises:
        BadInput: an option is out of its range, or names what is not there.
    """
    given = {name: _absolute(name, value, prefix) for name, value in options.items() if value is not None}
    try:
        return TrainSettings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"{prefix}{first['loc'][0]}: {first['msg']}") from error


def as_json(settings: TrainSettings) -> dict[str, Any]:
    """What travels in a job: only what was chosen, so that a newer trainer's defaults count for the rest."""
    return settings.model_dump(mode="json", exclude_unset=True)


def _absolute(name: str, value: Any, prefix: str) -> Any:  # noqa: ANN401 - whatever a field takes
    # A trainer works elsewhere: a path that counts from here would be another one there.
    if isinstance(value, Path):
        return _existing(name, value, prefix)
    if name == "data":
        return tuple(_existing(name, path, prefix) for path in value)
    if name == "weights" and value not in NAMED_WEIGHTS and not value.isdigit():
        return str(_existing(name, Path(value), prefix))
    return value


def _existing(name: str, path: Path, prefix: str) -> Path:
    absolute = usable_path(path, f"{prefix}{name}: ")
    if name != "reports" and not absolute.exists():
        raise BadInput(f"{prefix}{name}: there is no {path}")
    return absolute
