"""What `maskwatch up --exit-when-done` hands over at its end."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from console.counting.figures import people_by_outcome, unjudged
from console.counting.sight import sight
from console.overview import CameraOverview, Overview
from shared.cameras import CameraState
from shared.streams import CountField


def report_json(overview: Overview, seconds: float) -> dict[str, Any]:
    """The counts of each camera's pass, and how many frames each worker judged."""
    cameras = overview.cameras
    workers = sum((Counter(each.pass_counts.by_detail(CountField.WORKER_FRAMES)) for each in cameras), Counter[str]())
    return {
        "cameras": {each.camera.id: _camera(overview, each) for each in cameras},
        "workers": dict(sorted(workers.items())),
        "seconds": round(seconds, 3),
    }


def _camera(overview: Overview, each: CameraOverview) -> dict[str, Any]:
    counts, seen = each.pass_counts, sight(each.pass_counts)
    return {
        "frames_captured": each.captured_in_pass,
        "frames_processed": counts.of(CountField.PROCESSED),
        "frames_dropped": counts.by_detail(CountField.DROPPED),
        "frames_dead_lettered": counts.total(CountField.DEAD_LETTERED),
        "violations": counts.of(CountField.VIOLATIONS),
        "people": counts.total(CountField.PEOPLE),
        "people_by_outcome": people_by_outcome(counts),
        "unjudged": unjudged(counts),
        **seen.as_message.model_dump(mode="json"),
        "compliance": overview.compliance(counts).as_message.model_dump(mode="json"),
    }


def failures(cameras: Sequence[CameraOverview]) -> str:
    """The cameras whose source failed and why, in one line; empty when none did."""
    failed = [each for each in cameras if each.state == CameraState.FAILED]
    return "; ".join(f"camera {each.camera.id} failed: {each.capture.message}" for each in failed if each.capture)
