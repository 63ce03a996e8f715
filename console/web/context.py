"""What the parts of the web server share."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from console import overview
from console.counting.last_day import LastDay
from console.finding import RunningSystem
from console.overview import Overview
from console.registry_option import open_detectors, open_registry
from shared.detector_manifest import DetectorRegistry
from shared.model_registry import ModelRegistry
from shared.review import ReviewFolder
from shared.settings import ConsoleSettings


@dataclass(frozen=True)
class ApiContext:
    """The system that is served; ``review`` is ``None`` where no faces are kept for review."""

    system: RunningSystem
    settings: ConsoleSettings
    review: ReviewFolder | None
    last_day: LastDay = field(default_factory=LastDay)

    def overview(self) -> Overview:
        """The system of now.

        Raises:
            redis.RedisError: a server does not answer.
        """
        return overview.read(self.system.servers, self.system.keys, self.last_day)

    def models(self) -> ModelRegistry:
        """The registry of classifiers.

        Raises:
            ModelError: it cannot be reached.
        """
        return open_registry(None, None)

    def detectors(self) -> DetectorRegistry:
        """The registry of face detectors.

        Raises:
            ModelError: it cannot be reached.
        """
        return open_detectors(None, None)


def context_of(request: HTTPConnection) -> ApiContext:
    """The context of the app that serves a request."""
    context: ApiContext = request.app.state.context
    return context


Context = Annotated[ApiContext, Depends(context_of)]
