"""The heartbeat as `maskwatch status --json` prints it and the API gives it."""

from pydantic import Field

from console.heartbeat.reading import HeartbeatReading, HeartbeatState
from shared.heartbeat_faces import HeartbeatOutcome
from shared.messages import Label, Message


class HeartbeatStatus(Message):
    """How pictures of known faces come out of all stages."""

    state: HeartbeatState = Field(description="The last one's outcome; stale where none came through for 3 intervals.")
    interval_seconds: float | None = Field(description="Between two; 0 while switched off, null before the first.")
    last_counted_age_seconds: float | None = Field(description="Null before one has come through.")
    last_duration_seconds: float | None = Field(description="From its sending to its count.")
    right: dict[Label, bool] = Field(
        description="Of the last one that came through, whether each face was told as what it is."
    )
    outcomes: dict[HeartbeatOutcome, int] = Field(description="How many of them came to what.")


def heartbeat_status(reading: HeartbeatReading) -> HeartbeatStatus:
    """The heartbeat of one instant."""
    return HeartbeatStatus(
        state=reading.state,
        interval_seconds=reading.interval_s,
        last_counted_age_seconds=reading.age_s,
        last_duration_seconds=reading.duration_s,
        right=reading.is_right,
        outcomes=reading.outcomes,
    )
