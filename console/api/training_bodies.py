"""What is sent of a training: the options of `maskwatch train --queue`."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from console.api.bodies import Body, Line
from shared.model_registry import Answer
from trainer.settings import Precision

Folder = Annotated[Line, Field(description="A path of the console's machine, which is the trainer's too.")]


class TrainingRequest(Body):
    """A training of the classifier; what is not given is as on the command line."""

    data: Annotated[tuple[Folder, ...], Field(min_length=1, max_length=64)]
    boxes: Folder | None = None
    holdout: Folder | None = None
    corrections: Folder | None = None
    weights: Line | None = Field(default=None, description="current, a version's number, imagenet, none or a file.")
    teacher: Folder | None = None
    classes: Annotated[tuple[Answer, ...], Field(min_length=2, max_length=4)] | None = None
    epochs: Annotated[int, Field(ge=1, le=500)] | None = None
    size: Annotated[int, Field(ge=32, le=224, description="Side of the network's input in pixels.")] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    alpha: Annotated[float, Field(ge=0.35, le=1.4, description="Width of the network.")] | None = None
    precision: Precision | None = None
    promote: bool | None = Field(default=None, description="Serve it if it passes the gate; true by default.")
    force: bool = Field(default=False, description="Serve it even if it does not.")
    shadow_s: Annotated[float, Field(ge=0, le=86_400)] | None = Field(
        default=None, description="Seconds for which it first judges live faces beside the version served."
    )

    @property
    def options(self) -> dict[str, Any]:
        """What is given, as the command has it."""
        given: dict[str, Any] = {name: getattr(self, name) for name in TrainingRequest.model_fields}
        paths = {name: Path(given[name]) for name in ("boxes", "holdout", "corrections", "teacher") if given[name]}
        return {**given, **paths, "data": tuple(map(Path, self.data)), "force": self.force or None}


class ScheduleRequest(Body):
    """A training that queues itself again and again."""

    rule: Line = Field(description="A cron expression in the trainer's local time (0 3 * * 0), or a period (7d).")
    training: TrainingRequest
