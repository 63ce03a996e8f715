"""Which figures correct the counts: those published for the running system, else those shipped."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import redis
from pydantic import ValidationError

from console.compliance.looks import Looks, looks
from shared.recall import RecallFigures
from shared.streams import RECALL_FIGURES
from worker.shipped_recall import SHIPPED_RECALL

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reference:
    """Figures of a detector and a model, and in how far they are not those of what judges now."""

    figures: RecallFigures
    looks: Looks
    notes: tuple[str, ...] = ()


def published(state: redis.Redis) -> dict[str, RecallFigures]:
    """What was measured for this system, by detector; what cannot be read is said and passed over."""
    found = {}
    for name, value in cast("dict[bytes, bytes]", state.hgetall(RECALL_FIGURES)).items():
        try:
            found[name.decode(errors="replace")] = RecallFigures.model_validate_json(value)
        except ValidationError as error:
            _complain(name.decode(errors="replace")[:64], error.errors()[0]["msg"])
    return found


@lru_cache(maxsize=64)  # said once, however often they are read
def _complain(detector: str, error: str) -> None:
    _log.warning("the published figures of %r are unreadable and not used: %s", detector, error)


def reference(found: dict[str, RecallFigures], judges: Sequence[tuple[str, int]], default: str) -> Reference | None:
    """The figures for what judges, given as (detector, model version); of ``default`` where nobody does.

    ``None`` where nothing is known of the detector.
    """
    named = [each for each in judges if each[0]]
    detector = named[0][0] if named else default
    figures = found.get(detector) or SHIPPED_RECALL.get(detector)
    if figures is None:
        return None
    return Reference(figures, looks(figures), tuple(_notes(figures, named, is_shipped=detector not in found)))


def _notes(figures: RecallFigures, judges: Sequence[tuple[str, int]], *, is_shipped: bool) -> list[str]:
    notes = [] if judges else [f"no worker runs: taken to be judged by {figures.detector}"]
    if is_shipped:
        notes.append("corrected with figures from other photographs than this site's")
    others = sorted({detector for detector, _ in judges} - {figures.detector})
    if others:
        notes.append(f"measured with {figures.detector}, judged also by {', '.join(others)}")
    versions = sorted({version for detector, version in judges if detector == figures.detector and version})
    if versions and versions != [figures.model_version]:
        judged = " and ".join(map(str, versions))
        notes.append(f"measured with model {figures.model_version}, judged by {judged}")
    return notes
