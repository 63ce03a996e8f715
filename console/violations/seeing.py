"""What stands below a list of violations: how many, and whether the cameras could see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from console import overview
from console.counting import reading
from console.counting.counts import parsed
from console.counting.figures import Figures, by_reason, not_seen
from console.counting.quarters import stretch
from console.counting.reading import Asked
from console.counting.sight import sight
from console.finding import RunningSystem
from console.overview import Overview
from console.report_parts import plain_text
from console.violations.choice import Choice
from console.violations.records import Record

_KEPT = timedelta(days=400)  # no setting keeps counts by the quarter of an hour for longer


@dataclass(frozen=True)
class Seen:
    """What was listed, and the figures of each camera in that time; of files the time of day says nothing."""

    listed: int
    dismissed: int
    by_camera: Mapping[str, int]  # of those listed
    cameras: Mapping[str, Figures]
    files: frozenset[str]

    @property
    def as_lines(self) -> list[str]:
        """For people."""
        said = f", {self.dismissed} of them dismissed" if self.dismissed else ""
        total = f"{_number(self.listed, 'violation')}{said}"
        return [total, *(plain_text(self._line(camera, figures)) for camera, figures in self.cameras.items())]

    @property
    def as_json(self) -> dict[str, Any]:
        """For programs."""
        cameras = {
            camera: {"listed": self.by_camera.get(camera, 0), **figures.as_message.model_dump(mode="json")}
            for camera, figures in self.cameras.items()
        }
        return {"summary": {"listed": self.listed, "dismissed": self.dismissed, "cameras": cameras}}

    def _line(self, camera: str, figures: Figures) -> str:
        listed = self.by_camera.get(camera, 0)
        seen_s = figures.sight.watched_s
        if not seen_s and not listed:
            return f"{camera}: {_reasoned('not seen at all in this time', figures)}"
        parts = [f"{camera}: {_number(listed, 'violation')}; seen {_span(seen_s)}{self._of(camera, figures)}"]
        unjudged = sum(figures.unjudged.values())
        if unjudged:
            people = "1 person" if unjudged == 1 else f"{unjudged} people"
            parts.append(f"{people} could not be judged ({by_reason(figures.unjudged)})")
        return _reasoned(", ".join(parts), figures)

    def _of(self, camera: str, figures: Figures) -> str:
        whole_s = figures.sight.span_s
        return f" of {_span(whole_s)}" if whole_s is not None and camera not in self.files else ""


def read(system: RunningSystem, cameras: Sequence[str], choice: Choice, records: Sequence[Record]) -> Seen:
    """Counts of the quarters of an hour in which the time falls; without a beginning, all since a camera was attached.

    Raises:
        redis.RedisError: a server does not answer.
    """
    now = overview.read(system.servers, system.keys)
    by_camera = {camera: sum(each.violation.camera == camera for each in records) for camera in cameras}
    dismissed = sum(each.dismissal is not None for each in records)
    files = frozenset(each.camera.id for each in now.cameras if each.camera.is_lossless)
    return Seen(len(records), dismissed, by_camera, _figures(system, now, cameras, choice), files)


def _figures(system: RunningSystem, now: Overview, cameras: Sequence[str], choice: Choice) -> dict[str, Figures]:
    if choice.since is None or now.read_at - choice.since > _KEPT:
        return {camera: _ever(system, now, camera) for camera in cameras}
    until = max(choice.since, choice.until or datetime.now(UTC))
    asked = Asked(cameras, stretch(choice.since, until))
    whole, _ = reading.read(system.servers.state, system.keys, now, asked)
    return dict(whole.cameras)


def _ever(system: RunningSystem, now: Overview, camera: str) -> Figures:
    counts = parsed(cast("dict[bytes, bytes]", system.servers.state.hgetall(system.keys.counts(camera))))
    blindness = {each.camera.id: each.blindness(now.read_at) for each in now.cameras}
    return Figures(counts, sight(counts, blindness.get(camera)), now.compliance(counts))


def _reasoned(text: str, figures: Figures) -> str:
    why = not_seen(figures.sight)
    return f"{text} ({why})" if why and why != "nothing was seen" else text


def _number(amount: int, name: str) -> str:
    return f"{amount:,} {name}" + ("" if amount == 1 else "s")


def _span(seconds: float) -> str:
    minutes, hours = divmod(round(seconds / 60), 60)[::-1]
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
