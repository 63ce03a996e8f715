"""What `maskwatch camera show` prints of one camera."""

from console.overview import CameraOverview
from shared.streams import CountField


def facts(each: CameraOverview) -> dict[str, str]:
    """Name and value of each line."""
    capture = each.capture
    known = {
        "camera": each.camera.id,
        "source": each.camera.redacted_source,
        "kind": each.camera.kind.value,
        "state": each.state.value,
        "message": capture.message if capture else "",
        "last frame": capture.last_frame_at.isoformat() if capture and capture.last_frame_at else "",
        "frames/s": f"{each.frames_per_second:.1f}",
        "captured": str(each.captured),
        "processed": str(each.counts.of(CountField.PROCESSED)),
        "dropped": _listed(each, CountField.DROPPED),
        "dead letters": _listed(each, CountField.DEAD_LETTERED),
        "waiting": str(each.backlog.waiting),
        "people": _listed(each, CountField.PEOPLE),
        "violations": str(each.counts.of(CountField.VIOLATIONS)),
    }
    return {name: value for name, value in known.items() if value}


def _listed(each: CameraOverview, field: str) -> str:
    return ", ".join(f"{detail} {count}" for detail, count in each.counts.by_detail(field).items()) or "0"
