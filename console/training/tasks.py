"""What `maskwatch train` can train, and which of its options belongs to what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from console.errors import BadInput


class Task(StrEnum):
    """What is trained."""

    CLASSIFIER = "classifier"
    DETECTOR = "detector"


OF_CLASSIFIER = frozenset(
    {"holdout", "corrections", "weights", "classes", "epochs", "size", "alpha", "shadow", "redis"},
)
OF_DETECTOR = frozenset({"minutes", "work", "resume", "fresh", "note"})
OF_JOBS = frozenset({"queue", "follow", "every"})


def refuse_others(task: Task, options: Mapping[str, Any]) -> None:
    """See that no option was given (by name without dashes) that means nothing to what is trained.

    Raises:
        BadInput: one was; says to what it belongs.
    """
    given = [name for name, value in options.items() if value is not None and value is not False]
    if task is Task.CLASSIFIER:
        _refuse(given, OF_DETECTOR, f"belongs to --task {Task.DETECTOR}: leave it out, or say --task {Task.DETECTOR}")
    else:
        _refuse(given, OF_JOBS, f"makes jobs, but a {task} trains here only: leave it out")
        _refuse(given, OF_CLASSIFIER, f"belongs to --task {Task.CLASSIFIER}: leave it out")


def _refuse(given: list[str], refused: frozenset[str], reason: str) -> None:
    for name in given:
        if name in refused:
            raise BadInput(f"--{name} {reason}")
