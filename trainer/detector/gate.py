"""Whether a new detector may be served: not worse than the one that is, on the same photographs."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from shared.messages import Label
from shared.model_registry import GateRecord
from trainer.detector.album import KINDS
from trainer.detector.margins import DetectorMargins
from trainer.detector.measuring import MIN_WIDTH_PX, Findings

COMPARED = (Label.WITH_MASK, Label.WITHOUT_MASK)


@dataclass(frozen=True)
class _Pair:
    """One label's faces: which of them the new and the served detector found (faces,)."""

    label: Label
    new: NDArray[np.bool_]
    old: NDArray[np.bool_]

    @property
    def faces(self) -> int:
        return len(self.new)

    @property
    def deviation(self) -> float:
        """Of the difference of recalls, if only chance decided which faces one finds and the other does not."""
        return sqrt(int((self.new != self.old).sum())) / self.faces


def judge_detector(
    candidate: Findings, served: Findings | None, margins: DetectorMargins, version: int | None = None
) -> GateRecord:
    """Compare a detector with the served ``version`` on the same photographs.

    Each counts at the score that gives it ``margins.false_faces`` a photograph. It passes if neither
    label's recall is lower by more than ``margins.recall``, and masked and bare faces are not further
    apart by more than ``margins.apart``. Both compare the same faces one by one, so only faces that
    one detector finds and the other does not can be chance: ``margins.chance`` standard deviations of
    that, and in any case one face, are allowed on top. Too few faces of a label let nobody pass, nor
    does a served version that finds less than ``margins.least_trust`` of them.
    Without a served version absolute bounds hold.

    Raises:
        ValueError: the two were not tried on the same faces.
    """
    if served is None:
        reasons = tuple(_alone(candidate, margins))
        return GateRecord(passed=not reasons, reasons=reasons)
    if not np.array_equal(candidate.widths, served.widths) or not np.array_equal(candidate.kinds, served.kinds):
        raise ValueError("the two detectors were not tried on the same faces")
    reasons = tuple(_too_few(candidate, margins)) or tuple(_breaches(candidate, served, margins))
    return GateRecord(passed=not reasons, compared_with=version, reasons=reasons)


def _breaches(candidate: Findings, served: Findings, margins: DetectorMargins) -> Iterator[str]:
    masked, bare = (_pair(label, candidate, served, margins) for label in COMPARED)
    trusted = float(masked.old.mean() + bare.old.mean()) / len(COMPARED)
    if trusted < margins.least_trust:
        yield f"the served version finds only {trusted:.1%} of the faces: are the photographs annotated rightly?"
    yield from _lost(masked, margins)
    yield from _lost(bare, margins)
    yield from _further_apart(masked, bare, margins)


def _alone(candidate: Findings, margins: DetectorMargins) -> Iterator[str]:
    few = list(_too_few(candidate, margins))
    yield from few
    if few:
        return
    shares = [float(_found(candidate, label, margins).mean()) for label in COMPARED]
    for label, share in zip(COMPARED, shares, strict=True):
        if share < margins.least_recall:
            yield f"{_words(label)}: {share:.1%} found, a first version needs {margins.least_recall:.1%}"
    if abs(shares[0] - shares[1]) > margins.most_apart:
        apart = abs(shares[0] - shares[1])
        yield f"masked and bare faces are {apart:.1%} apart, a first version may be {margins.most_apart:.1%}"


def _too_few(candidate: Findings, margins: DetectorMargins) -> Iterator[str]:
    for label in COMPARED:
        faces = int(_counts(candidate, label).sum())
        if faces < margins.least_faces:
            yield f"{_words(label)}: {faces} faces are too few to compare on, at least {margins.least_faces} are needed"


def _lost(pair: _Pair, margins: DetectorMargins) -> Iterator[str]:
    new, old = pair.new.mean(), pair.old.mean()
    allowed = max(margins.recall + margins.chance * pair.deviation, 1 / pair.faces)
    if old - new > allowed + 1e-9:
        yield (
            f"{_words(pair.label)}: {new:.1%} instead of {old:.1%} of {pair.faces} faces found at "
            f"{margins.false_faces:g} false faces a photograph, {allowed:.1%} fewer allowed"
        )


def _further_apart(masked: _Pair, bare: _Pair, margins: DetectorMargins) -> Iterator[str]:
    new, old = (abs(masked.new.mean() - bare.new.mean()), abs(masked.old.mean() - bare.old.mean()))
    chance = margins.chance * hypot(masked.deviation, bare.deviation)
    allowed = max(margins.apart + chance, 1 / min(masked.faces, bare.faces))
    if new - old > allowed + 1e-9:
        yield f"masked and bare faces are {new:.1%} instead of {old:.1%} apart, {allowed:.1%} more allowed"


def _pair(label: Label, candidate: Findings, served: Findings, margins: DetectorMargins) -> _Pair:
    return _Pair(label, _found(candidate, label, margins), _found(served, label, margins))


def _found(findings: Findings, label: Label, margins: DetectorMargins) -> NDArray[np.bool_]:
    score = findings.score_at(margins.false_faces)
    at = findings.found_at[_counts(findings, label)]
    return np.asarray(np.isfinite(at) & (at >= score), bool)


def _counts(findings: Findings, label: Label) -> NDArray[np.bool_]:
    return np.asarray((findings.kinds == KINDS.index(label)) & (findings.widths >= MIN_WIDTH_PX), bool)


def _words(label: Label) -> str:
    return label.replace("_", " ")
