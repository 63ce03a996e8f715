"""How many inference workers are wanted on each machine, and which run."""

from typing import cast

import redis
from pydantic import Field

from deploy.local.system import MAX_WORKERS
from shared import heartbeats
from shared.messages import Message
from shared.streams import DESIRED_WORKERS


class WorkerDetails(Message):
    """One worker that spoke lately."""

    id: str
    name: str = Field(description="What whoever started it calls it; empty where nobody does.")
    host: str
    frames_per_second: float = Field(description="Frames judged a second.")
    model_version: int = Field(description="The version of the classifier that it serves.")
    detector: str


class WorkerFleet(Message):
    """How many workers are wanted, and those that run on all machines."""

    wanted: int = Field(description="On each machine; what runs, where nobody said.")
    max: int = Field(description="As many may be wanted.")
    workers: tuple[WorkerDetails, ...]


def scale(state: redis.Redis, workers: int) -> None:
    """Run so many workers on each machine from now on.

    Raises:
        redis.RedisError: the server does not answer.
    """
    state.set(DESIRED_WORKERS, workers)


def fleet(state: redis.Redis) -> WorkerFleet:
    """What is wanted and what runs.

    Raises:
        redis.RedisError: the server does not answer.
    """
    stored = cast("bytes | None", state.get(DESIRED_WORKERS)) or b""
    workers = [each for each in heartbeats.read(state) if each.role == "worker"]
    return WorkerFleet(
        wanted=int(stored) if stored.isdigit() else len(workers),
        max=MAX_WORKERS,
        workers=tuple(WorkerDetails(**each.model_dump(include=set(WorkerDetails.model_fields))) for each in workers),
    )
