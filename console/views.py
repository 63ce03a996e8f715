"""How a running system is shown: as a live table, as progress bars, or as lines when no terminal is there."""

from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from console.counting.figures import span
from console.counting.sight import sight
from console.overview import CameraOverview, Overview
from console.tables import system_table
from shared.messages import BlindReason
from shared.streams import CountField


class View(Protocol):
    """Shows a system until it is closed."""

    def show(self, overview: Overview) -> None:
        """Show the system as it is now."""

    def say(self, line: str) -> None:
        """Tell the operator one line that stays."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class TableView:
    """A table that is redrawn in place."""

    def __init__(self, console: Console) -> None:
        """Draw on a terminal."""
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._live.start()

    def show(self, overview: Overview) -> None:
        """Redraw."""
        self._live.update(system_table(overview), refresh=True)

    def say(self, line: str) -> None:
        """Print above the table."""
        self._console.print(line, markup=False, highlight=False)

    def close(self) -> None:
        """Leave the last table where it is."""
        self._live.stop()


class ProgressView:
    """One bar a camera: frames judged of those captured; the length is known once the file has been read."""

    def __init__(self, console: Console) -> None:
        """Draw on a terminal."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f} frames, {task.fields[violations]} violations{task.fields[unseen]}"),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}
        self._progress.start()

    def show(self, overview: Overview) -> None:
        """Move the bars."""
        for each in overview.cameras:
            self._show_camera(each)

    def _show_camera(self, each: CameraOverview) -> None:
        name = each.camera.id
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=None, violations=0, unseen="")
        has_ended = each.is_done or (each.capture is not None and each.capture.has_ended)
        self._progress.update(
            self._tasks[name],
            total=max(each.captured_in_pass, 1) if has_ended else None,
            completed=each.pass_counts.judged,
            violations=each.pass_counts.of(CountField.VIOLATIONS),
            unseen=_unseen(each),
        )

    def say(self, line: str) -> None:
        """Print above the bars."""
        self._progress.console.print(line, markup=False, highlight=False)

    def close(self) -> None:
        """Leave the bars where they are."""
        self._progress.stop()


def _unseen(each: CameraOverview) -> str:
    """What of the pass nobody saw, since no violations there mean nothing."""
    blind_s = sum(sight(each.pass_counts).blind_s.values())
    return f", {span(blind_s)} not seen" if blind_s >= 1 else ""


class LineView:
    """A line when something changes, for logs and pipes."""

    def __init__(self, console: Console) -> None:
        """Print there."""
        self._console = console
        self._states: dict[str, str] = {}
        self._violations: dict[str, int] = {}
        self._is_blind: dict[str, bool] = {}

    def show(self, overview: Overview) -> None:
        """Print what has changed since the last time."""
        for each in overview.cameras:
            self._show_state(each)
            self._show_violations(each)
            self._show_blindness(each, overview)

    def _show_state(self, each: CameraOverview) -> None:
        if self._states.get(each.camera.id) != each.progress:
            self._states[each.camera.id] = each.progress
            self.say(f"{each.camera.id}: {each.progress}{f': {each.message}' if each.message else ''}")

    def _show_violations(self, each: CameraOverview) -> None:
        counted = each.counts.of(CountField.VIOLATIONS)
        if counted > self._violations.setdefault(each.camera.id, counted):
            new = counted - self._violations[each.camera.id]
            self._violations[each.camera.id] = counted
            self.say(f"{each.camera.id}: {new} new violation{'s' if new > 1 else ''}, {counted} in all")

    def _show_blindness(self, each: CameraOverview, overview: Overview) -> None:
        """Say that frames are not judged; that a camera gives none is told by its state."""
        blindness = each.blindness(overview.read_at)
        is_blind = blindness is not None and blindness.reason is BlindReason.NOT_JUDGED
        if is_blind != self._is_blind.get(each.camera.id, False):
            self._is_blind[each.camera.id] = is_blind
            self.say(
                f"{each.camera.id}: {'not seen: frames are not judged' if is_blind else 'frames are judged again'}"
            )

    def say(self, line: str) -> None:
        """Print the line."""
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Nothing to leave."""


def choose_view(console: Console, *, has_end: bool) -> View:
    """The view for an output; ``has_end`` says that there is an end to make progress to."""
    if not console.is_terminal:
        return LineView(console)
    return ProgressView(console) if has_end else TableView(console)
