"""What `maskwatch up --exit-when-done` hands over at its end."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from console.overview import CameraOverview, Counts
from shared.cameras import CameraState
from shared.streams import CountField


def report_json(cameras: Sequence[CameraOverview], seconds: float) -> dict[str, Any]:
    """The counts of each camera's pass, and how many frames each worker judged."""
    workers = sum((Counter(each.pass_counts.by_detail(CountField.WORKER_FRAMES)) for each in cameras), Counter[str]())
    return {
        "cameras": {each.camera.id: _camera(each.captured_in_pass, each.pass_counts) for each in cameras},
        "workers": dict(sorted(workers.items())),
        "seconds": round(seconds, 3),
    }


def _camera(captured: int, counts: Counts) -> dict[str, Any]:
    return {
        "frames_captured": captured,
        "frames_processed": counts.of(CountField.PROCESSED),
        "frames_dropped": counts.by_detail(CountField.DROPPED),
        "frames_dead_lettered": counts.total(CountField.DEAD_LETTERED),
        "violations": counts.of(CountField.VIOLATIONS),
        "people": counts.total(CountField.PEOPLE),
    }


def failures(cameras: Sequence[CameraOverview]) -> str:
    """The cameras whose source failed and why, in one line; empty when none did."""
    failed = [each for each in cameras if each.state == CameraState.FAILED]
    return "; ".join(f"camera {each.camera.id} failed: {each.capture.message}" for each in failed if each.capture)
