"""The system's state as `maskwatch status --json` prints it and the API gives it."""

from collections.abc import Iterable

from pydantic import Field

from console.compliance.compliance import ComplianceFigures
from console.counting.figures import Confirmed, Dismissed, People, UnjudgedPeople, Violations
from console.counting.sight import SightFigures
from console.headroom.forecast import Headroom, headroom
from console.heartbeat.status import HeartbeatStatus, heartbeat_status
from console.overview import CameraOverview, Overview
from shared.cameras import CameraState
from shared.messages import Message


class LastDayStatus(SightFigures):
    """What was seen and judged in the last 24 hours."""

    compliance: ComplianceFigures


class CameraStatus(Message):
    """One camera; its counts are those since it was first attached."""

    state: CameraState
    frames_per_second: float = Field(description="Frames captured a second; 0 unless the camera is live.")
    last_frame_age_seconds: float | None = Field(description="Null for a camera that has not given a frame yet.")
    violations: Violations
    dismissed: Dismissed
    confirmed: Confirmed
    people: People
    unjudged: UnjudgedPeople
    last_24_hours: LastDayStatus


class WorkerStatus(Message):
    """One worker that spoke lately."""

    id: str
    frames_per_second: float = Field(description="Frames judged a second.")
    model_version: int = Field(description="The version of the classifier that it serves.")


class SystemStatus(Message):
    """What cameras and workers do right now."""

    cameras: dict[str, CameraStatus] = Field(description="By id.")
    workers: tuple[WorkerStatus, ...]
    frames_waiting: int = Field(description="Frames of all cameras that no worker has been given.")
    heartbeat: HeartbeatStatus | None = None
    headroom: Headroom


def system_status(overview: Overview, asked: Iterable[int] = ()) -> SystemStatus:
    """The system of one instant, and what ``asked`` numbers of cameras need."""
    return SystemStatus(
        cameras={each.camera.id: _camera(each, overview) for each in overview.cameras},
        workers=tuple(
            WorkerStatus(id=each.id, frames_per_second=each.frames_per_second, model_version=each.model_version)
            for each in overview.workers
        ),
        frames_waiting=overview.frames_waiting,
        heartbeat=heartbeat_status(overview.heartbeat) if overview.heartbeat else None,
        headroom=headroom(overview, asked),
    )


def _camera(each: CameraOverview, overview: Overview) -> CameraStatus:
    figures = overview.figures(each)
    compliance = overview.compliance(each.day).as_message
    return CameraStatus(
        state=each.state,
        frames_per_second=each.frames_per_second,
        last_frame_age_seconds=overview.age_s(each.capture.last_frame_at if each.capture else None),
        violations=figures.violations,
        dismissed=figures.dismissed,
        confirmed=figures.confirmed,
        people=figures.people,
        unjudged=figures.unjudged,
        last_24_hours=LastDayStatus(**dict(overview.sight(each).as_message), compliance=compliance),
    )
