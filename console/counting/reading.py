"""What was counted in a stretch of time, of each camera and of all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import redis

from console.compliance.compliance import compliance
from console.counting import quarters
from console.counting.counts import Counts, summed
from console.counting.figures import Figures
from console.counting.quarters import Place, Step, Stretch
from console.counting.sight import Blindness, Sight, all_together, sight
from console.overview import Overview
from shared.streams import KeySpace


@dataclass(frozen=True)
class Counted:
    """Of one stretch, by camera and in all."""

    stretch: Stretch
    cameras: Mapping[str, Figures]
    total: Figures


@dataclass(frozen=True)
class Asked:
    """What is to be told: of which cameras, of which stretch, and by hours or days of it where ``step`` is given."""

    cameras: Sequence[str]
    stretch: Stretch
    step: Step | None = None


def read(state: redis.Redis, keys: KeySpace, overview: Overview, asked: Asked) -> tuple[Counted, list[Counted]]:
    """The whole stretch, and its steps in order.

    Raises:
        redis.RedisError: the server does not answer.
    """
    places = [(camera, quarter) for camera in asked.cameras for quarter in asked.stretch.quarters]
    found = quarters.read(state, keys, places)
    blind = {each.camera.id: each.blindness(overview.read_at) for each in overview.cameras}

    def counted(part: Stretch) -> Counted:
        return _counted(part, asked.cameras, found, overview, blind.get)

    steps = quarters.split(asked.stretch, asked.step) if asked.step else []
    return counted(asked.stretch), [counted(step) for step in steps]


def _counted(
    part: Stretch,
    cameras: Sequence[str],
    found: Mapping[Place, Counts],
    overview: Overview,
    blindness: Callable[[str], Blindness | None],
) -> Counted:
    of_camera = {camera: summed(found[camera, quarter] for quarter in part.quarters) for camera in cameras}
    sights = {camera: _sight(counts, blindness(camera), part, overview.read_at) for camera, counts in of_camera.items()}
    together = summed(of_camera.values())
    total = Figures(together, all_together(list(sights.values())), compliance(together, overview.reference))
    figures = {
        camera: Figures(counts, sights[camera], compliance(counts, overview.reference))
        for camera, counts in of_camera.items()
    }
    return Counted(part, figures, total)


def _sight(counts: Counts, blindness: Blindness | None, part: Stretch, now: datetime) -> Sight:
    span_s = max((min(part.end, now) - part.begin).total_seconds(), 0.0)
    return sight(counts, _within(blindness, part, now), span_s)


def _within(blindness: Blindness | None, part: Stretch, now: datetime) -> Blindness | None:
    """Of a blindness that lasts until now, what falls into a stretch; ``None`` where nothing does."""
    if blindness is None or part.begin > now:
        return None
    began_before_s = blindness.seconds - max((now - part.end).total_seconds(), 0.0)
    if began_before_s < 0:
        return None
    length_s = (min(part.end, now) - part.begin).total_seconds()
    return Blindness(blindness.reason, min(began_before_s, length_s), is_now=part.end > now)
