"""Which processes of the system live, on all machines."""

from typing import Literal

import redis
from pydantic import Field

from console.instants import Instant
from shared import heartbeats
from shared.messages import Message, ProcessInfo
from shared.redaction import redact


class ProcessDetails(Message):
    """One process that spoke in the last five seconds."""

    id: str
    name: str = Field(
        description="What whoever started it calls it, the same after a restart; empty where nobody does."
    )
    role: Literal["producer", "worker", "events", "trainer", "console"]
    host: str
    started_at: Instant
    heartbeat_at: Instant = Field(description="When it spoke last.")
    metrics_url: str = Field(description="Where it answers monitoring; empty where it does not.")
    model_version: int = Field(description="The version of the classifier that a worker serves; 0 for others.")
    detector: str = Field(description="What finds faces in a worker; empty for others.")
    frames_per_second: float = Field(description="Frames captured or judged a second; 0 for what does neither.")


def live(state: redis.Redis) -> list[ProcessDetails]:
    """All of them, by id.

    Raises:
        redis.RedisError: the server does not answer.
    """
    return [_details(each) for each in heartbeats.read(state)]


def _details(info: ProcessInfo) -> ProcessDetails:
    told = info.model_dump(include=set(ProcessDetails.model_fields))
    return ProcessDetails(**told | {"metrics_url": redact(info.metrics_url)})
