"""The system's state as `maskwatch status --json` prints it."""

from typing import Any

from console.overview import CameraOverview, Overview


def status_json(overview: Overview) -> dict[str, Any]:
    """The counts are those since the camera was first attached.

    ``last_frame_age_seconds`` is null for a camera that has not given a frame yet, as is a rate of nothing.
    """
    workers = [
        {"id": each.id, "frames_per_second": each.frames_per_second, "model_version": each.model_version}
        for each in overview.workers
    ]
    return {
        "cameras": {each.camera.id: _camera(each, overview) for each in overview.cameras},
        "workers": workers,
        "frames_waiting": overview.frames_waiting,
    }


def _camera(each: CameraOverview, overview: Overview) -> dict[str, Any]:
    figures = overview.figures(each)
    last_frame_at = each.capture.last_frame_at if each.capture else None
    return {
        "state": each.state.value,
        "frames_per_second": each.frames_per_second,
        "last_frame_age_seconds": overview.age_s(last_frame_at),
        "violations": figures.violations,
        "dismissed": figures.dismissed,
        "confirmed": figures.confirmed,
        "people": figures.people,
        "unjudged": figures.unjudged,
        "last_24_hours": {**overview.sight(each).as_json, "compliance": overview.compliance(each.day).as_json},
    }
