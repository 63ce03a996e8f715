"""The rate of masked people and its 95% interval: pure functions of counts and figures, the same on every call.

A person is looked at many times. If what hides a face from the detector hides it for as long as the
person is there, people are missed as single faces are; that is the corrected rate. If every frame
is a new chance, nobody is missed and the raw rate is right. The interval holds both.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from console.compliance.looks import Fates, Judged, Look

Floats = NDArray[np.float64]

DRAWS = 4_000
SEED = 1
_TAILS = (2.5, 97.5)
_JEFFREYS = 0.5  # the least that a count with nothing else known of it adds


class Estimate(NamedTuple):
    """Shares of masked people, 0 to 1."""

    corrected: float
    low: float
    high: float


@lru_cache(maxsize=4_096)
def estimate(groups: tuple[Judged, ...]) -> Estimate | None:
    """The corrected rate; ``None`` where nobody was judged or the figures tell masked from bare nowhere near."""
    groups = tuple(group for group in groups if group.masked + group.bare)
    if not groups or not all(group.look.tells for group in groups):
        return None
    corrected = _share(*(_solve(_counts(group), _measured(group.look)[np.newaxis]) for group in groups))
    masked, bare = (sum(column) for column in list(zip(*groups, strict=True))[:2])
    drawn = np.stack([_one_look(groups), _every_frame(masked, bare)])
    low, high = np.percentile(drawn, _TAILS, axis=1)
    raw = masked / (masked + bare)
    point = float(corrected[0])
    return Estimate(point, min(float(low.min()), point, raw), max(float(high.max()), point, raw))


def _one_look(groups: tuple[Judged, ...]) -> Floats:
    """Draws of the rate if each person is found, and called what he is called, as a single face is."""
    random = np.random.default_rng(SEED)
    solved = []
    for group in groups:
        people = random.gamma(np.array([group.masked, group.bare]) + _JEFFREYS, size=(DRAWS, 2))
        solved.append(_solve(people, _drawn(group.look)))
    return _share(*solved)


def _every_frame(masked: int, bare: int) -> Floats:
    """Draws of the rate if nobody is missed: what chance makes of so many people."""
    return np.random.default_rng(SEED).beta(masked + _JEFFREYS, bare + _JEFFREYS, DRAWS)


@lru_cache(maxsize=64)
def _drawn(look: Look) -> Floats:
    """What looking does, as far as so few measured faces tell: (draws, kind, called so)."""
    random = np.random.default_rng(SEED + 1)
    return np.stack([random.dirichlet(np.array(fates) + _JEFFREYS, DRAWS)[:, :2] for fates in look], axis=1)


def _measured(look: Look) -> Floats:
    """What looking did: (kind, called so)."""
    return np.array([_rates(look.masked), _rates(look.bare)])


def _rates(fates: Fates) -> list[float]:
    return [fates.called_masked / sum(fates), fates.called_bare / sum(fates)]


def _counts(group: Judged) -> Floats:
    return np.array([[group.masked, group.bare]], np.float64)


def _solve(people: Floats, looking: Floats) -> Floats:
    """How many masked and bare people there are, (n, 2), of (n, 2) that were called so.

    There are no fewer than none. Where a draw of the figures tells nothing, every share is as likely.
    """
    (masked_masked, masked_bare), (bare_masked, bare_bare) = looking.transpose(1, 2, 0)
    called_masked, called_bare = people.T
    told = masked_masked * bare_bare - masked_bare * bare_masked
    tells = told > 0
    divisor = np.where(tells, told, 1.0)
    masked = np.maximum((called_masked * bare_bare - called_bare * bare_masked) / divisor, 0.0)
    bare = np.maximum((called_bare * masked_masked - called_masked * masked_bare) / divisor, 0.0)
    called = called_masked + called_bare
    masked = np.where(bare > 0, masked, called / (masked_masked + masked_bare))
    bare = np.where(masked > 0, bare, called / (bare_masked + bare_bare))
    unknown = np.linspace(0.0, 1.0, len(told))
    return np.stack([np.where(tells, masked, unknown * called), np.where(tells, bare, (1 - unknown) * called)], axis=1)


def _share(*solved: Floats) -> Floats:
    masked, bare = np.sum(solved, axis=0).T
    return np.asarray(masked / (masked + bare), np.float64)
