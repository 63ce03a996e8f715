"""What `maskwatch camera list` and `camera show` tell; never a login."""

from typing import Any

from rich.table import Table
from rich.text import Text

from console.cameras import zone_texts
from console.cameras.changing import unknown
from console.cameras.messages import CameraDetails, CameraSummary, ZonePolygon
from console.overview import CameraOverview, Overview
from console.tables import STYLES
from shared.cameras import Camera, CameraState, SourceKind
from shared.streams import CaptureCountField, CountField
from shared.zones import Zone

_FIRST = (
    "id",
    "state",
    "message",
    "state_since",
    "frames/s",
    "last frame",
    "source",
    "kind",
    "login",
    "wanted frames/s",
)


def one(overview: Overview, camera_id: str) -> CameraOverview:
    """One of the cameras.

    Raises:
        NotFound: there is none with this id.
    """
    for each in overview.cameras:
        if each.camera.id == camera_id:
            return each
    raise unknown(camera_id)


def listed(each: CameraOverview, overview: Overview) -> CameraSummary:
    """A camera in short, for programs."""
    return CameraSummary(**_in_short(each, overview))


def _in_short(each: CameraOverview, overview: Overview) -> dict[str, Any]:
    return {
        "id": each.camera.id,
        "state": each.state,
        "frames_per_second": each.frames_per_second,
        "last_frame_age_seconds": overview.age_s(each.capture.last_frame_at if each.capture else None),
        "source": each.camera.redacted_source,
        "message": each.message,
    }


def table(overview: Overview) -> Table:
    """All cameras, for people."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("camera", "state"):
        made.add_column(heading, no_wrap=True)
    for heading in ("frames/s", "last frame"):
        made.add_column(heading, justify="right", no_wrap=True)
    made.add_column("source", overflow="fold")
    made.add_column("message", overflow="fold")
    for each in overview.cameras:
        made.add_row(*_row(each, overview))
    return made


def shown(each: CameraOverview, overview: Overview) -> CameraDetails:
    """All that is known of a camera, for programs."""
    camera, capture = each.camera, each.capture
    return CameraDetails(
        **_in_short(each, overview),
        kind=camera.kind,
        login=login(camera) or None,
        fps=camera.fps,
        motion=camera.motion,
        transport=camera.transport,
        zones=tuple(map(ZonePolygon.of, camera.zones)),
        epoch=camera.epoch,
        state_since=capture.state_since if capture else None,
        producer=capture.producer if capture and each.has_producer else None,
        connections=each.capture_counts.of(CaptureCountField.STATE, CameraState.LIVE),
        stalls=each.capture_counts.by_detail(CaptureCountField.STALL),
        faults=each.capture_counts.by_detail(CaptureCountField.FAULT),
        captured=each.captured,
        processed=each.counts.of(CountField.PROCESSED),
        dropped=each.counts.by_detail(CountField.DROPPED),
        dead_lettered=each.counts.by_detail(CountField.DEAD_LETTERED),
        waiting=each.backlog.waiting,
        people=each.counts.by_detail(CountField.PEOPLE),
        violations=each.counts.of(CountField.VIOLATIONS),
    )


def lines(each: CameraOverview, overview: Overview) -> list[str]:
    """The same for people, a fact a line."""
    known = shown(each, overview).model_dump(mode="json")
    known |= {
        "frames/s": f"{known.pop('frames_per_second'):.1f}",
        "last frame": _ago(known.pop("last_frame_age_seconds")),
        "wanted frames/s": known.pop("fps") or "default",
        "motion": known["motion"] or "default",
        "zones": [zone_line(number, zone) for number, zone in enumerate(each.camera.zones, 1)] or "none",
        "transport": known["transport"] if each.camera.kind is SourceKind.RTSP else None,
    }
    ordered = {name: known.pop(name) for name in _FIRST} | known
    return [line for name, value in ordered.items() if value not in (None, "") for line in _lines(name, value)]


def zone_line(number: int, zone: Zone) -> str:
    """A zone for people; the corners as an option takes them."""
    return f"{number} {zone.kind} {zone_texts.as_text(zone)}"


def login(camera: Camera) -> str:
    """Where the login is; empty where there is none."""
    if camera.sealed_source:
        return "in the address, sealed"
    kind, _, where = (camera.login or "").partition(":")
    return {"env": f"producer's environment, {where}", "file": f"file {where}"}.get(kind, "")


def _row(each: CameraOverview, overview: Overview) -> list[Text]:
    age = overview.age_s(each.capture.last_frame_at if each.capture else None)
    return [
        Text(each.camera.id),
        Text(each.progress, STYLES[each.state]),
        Text(f"{each.frames_per_second:.1f}"),
        Text(_ago(age)),
        Text(each.camera.redacted_source, "dim"),
        Text(each.message, "yellow"),
    ]


def _ago(seconds: float | None) -> str:
    if seconds is None:
        return "never"
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return f"{seconds:.1f} s ago"


def _lines(name: str, value: object) -> list[str]:
    texts = [str(each) for each in value] if isinstance(value, list) else [_text(value)]
    names = [name.replace("_", " ")] + [""] * (len(texts) - 1)
    return [f"{each:<17}{text}" for each, text in zip(names, texts, strict=True)]


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items()) or "0"
    return f"{value:g}" if isinstance(value, float) else str(value)
