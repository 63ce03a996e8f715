"""What people see of a system in a terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.counting.figures import not_seen, percent
from console.headroom import words
from console.headroom.forecast import headroom
from console.overview import CameraOverview, Overview
from shared.cameras import CameraState
from shared.streams import CountField

STYLES = {
    CameraState.LIVE: "green",
    CameraState.CONNECTING: "yellow",
    CameraState.STALLED: "yellow",
    CameraState.BACKING_OFF: "yellow",
    CameraState.FAILED: "red",
    CameraState.STOPPED: "dim",
}


def system_table(overview: Overview, asked: Sequence[int] = ()) -> RenderableType:
    """Cameras with their live counts, below what is wrong with them and what they did not see, and the workers.

    Last comes how many more cameras fit, and what ``asked`` numbers of them need. Violations are those that nobody
    dismissed; what was seen, and how many wore a mask, is of the last 24 hours.
    """
    lines = [*_complaints(overview), *_last_day(overview), _workers(overview), *_headroom(overview, asked)]
    return Group(_cameras(overview), *lines)


def _cameras(overview: Overview) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    # In a narrow terminal the last column gives way, never an id, a state or a number.
    table.add_column(
        "camera", no_wrap=True, min_width=max((len(each.camera.id) for each in overview.cameras), default=0)
    )
    table.add_column("state", no_wrap=True, min_width=len(CameraState.BACKING_OFF))
    for heading in ("frames/s", "frames", "people", "violations", "seen", "waiting"):
        table.add_column(heading, justify="right", no_wrap=True, min_width=len(heading))
    table.add_column("source", overflow="ellipsis", no_wrap=True)
    for each in overview.cameras:
        table.add_row(*_camera_row(each, overview))
    return table


def _camera_row(each: CameraOverview, overview: Overview) -> list[RenderableType]:
    numbers = (
        f"{each.frames_per_second:.1f}",
        str(each.counts.of(CountField.PROCESSED)),
        str(each.counts.total(CountField.PEOPLE)),
        str(overview.figures(each).confirmed),
        percent(overview.sight(each).coverage),
        str(each.backlog.waiting),
    )
    source = Text(each.camera.redacted_source, "dim")
    return [Text(each.camera.id), Text(each.progress, STYLES[each.state]), *numbers, source]


def _complaints(overview: Overview) -> list[Text]:
    """On lines of their own, since a column of a narrow terminal cuts them off."""
    messages = [Text(f"{each.camera.id}: {each.message}", "yellow") for each in overview.cameras if each.message]
    is_unheard = bool(overview.cameras) and not overview.has_producer
    messages += [Text("no producer runs: cameras are not opened", "yellow")] if is_unheard else []
    heartbeat = overview.heartbeat.complaint if overview.heartbeat else ""
    return messages + ([Text(heartbeat, "yellow")] if heartbeat else [])


def _last_day(overview: Overview) -> list[Text]:
    """What no number of violations tells: what was not seen, and how many wore a mask as far as it was."""
    lines = []
    for each in overview.cameras:
        dark, masked = not_seen(overview.sight(each)), overview.compliance(each.day)
        if dark:
            lines.append(Text(f"{each.camera.id}: {dark}", "yellow" if overview.sight(each).now else "dim"))
        if masked.raw is not None:
            lines.append(Text(f"{each.camera.id}: masked {masked.as_line} of {masked.judged} people", "dim"))
    return lines


def _workers(overview: Overview) -> Text:
    if not overview.workers:
        return Text("no workers run", "yellow")
    each = ", ".join(f"{worker.id} {worker.frames_per_second:.1f} frames/s" for worker in overview.workers)
    versions = sorted({worker.model_version for worker in overview.workers})
    models = ", ".join(map(str, versions))
    return Text(f"workers: {len(overview.workers)}, model {models}: {each}", "dim")


def _headroom(overview: Overview, asked: Sequence[int]) -> list[Text]:
    found = headroom(overview, asked)
    style = "yellow" if found.more_cameras == 0 else "dim"
    return [Text(line, style) for line in words.sentences(found, len(overview.workers), asked)]
