"""Whether a new version may be served: not worse than the one that is, on faces that neither has learnt."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from shared.model_registry import Answer, GateRecord
from trainer.labels import LABELS

LEAST_FACES = 10  # a smaller source decides nothing
ONE_FACE = 1.5  # faces by which a group may always be worse: one face more or less is chance


class GateMargins(BaseModel):
    """By how much a new version may be worse than the one served, as shares of faces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    overall: float = Field(default=0.005, ge=0, le=1)
    group: float = Field(default=0.015, ge=0, le=1)  # of one source or one label
    least_balanced: float = Field(default=0.90, ge=0, le=1)  # asked of a version where none is served
    # Asked of the served version itself: where it does worse, the labels are in doubt rather than the version.
    least_trust: float = Field(default=0.5, ge=0, le=1)


@dataclass(frozen=True)
class Verdict:
    """What a version made of one face of the holdout."""

    source: str
    label: Answer
    is_right: bool


def judge_candidate(
    candidate: Sequence[Verdict], current: Sequence[Verdict] | None, margins: GateMargins, version: int | None = None
) -> GateRecord:
    """Compare a candidate with the served ``version`` on the same faces, in the same order.

    It passes if it is not worse by more than the margin: overall, on each source and on each
    label. In a small group one face never decides, and a source of fewer than ten faces does not
    at all; a holdout as small as that lets nobody pass. Without a served version its
    balanced accuracy must reach ``least_balanced``. Where the served version gets less than
    ``least_trust`` right, nobody passes: labels may be swapped.

    Raises:
        ValueError: the two were not judged on the same faces.
    """
    if current is None:
        return _alone(candidate, margins)
    if [(each.source, each.label) for each in candidate] != [(each.source, each.label) for each in current]:
        raise ValueError("the two versions were not judged on the same faces")
    reasons = (*_doubts(current, margins), *_breaches(candidate, current, margins))
    return GateRecord(passed=not reasons, compared_with=version, reasons=reasons)


def _breaches(candidate: Sequence[Verdict], current: Sequence[Verdict], margins: GateMargins) -> Iterator[str]:
    everyone = [True] * len(candidate)
    groups = [("overall", margins.overall, everyone)]
    groups += [
        (f"source {source}", margins.group, belongs)
        for source in sorted({each.source for each in candidate})
        if sum(belongs := [each.source == source for each in candidate]) >= LEAST_FACES
    ]
    # However few: who calls every face masked must not pass because bare ones are rare.
    groups += [(str(label), margins.group, [each.label == label for each in candidate]) for label in LABELS]
    if len(candidate) < LEAST_FACES:
        yield f"{len(candidate)} faces are too few to compare on: at least {LEAST_FACES} are needed"
    for name, margin, belongs in groups:
        breach = _breach(_right(candidate, belongs), _right(current, belongs), sum(belongs), margin)
        if breach:
            yield f"{name}: {breach}"


def _breach(new: int, old: int, faces: int, margin: float) -> str:
    if faces == 0:
        return ""
    allowed = max(margin, ONE_FACE / faces)
    if (old - new) / faces <= allowed:
        return ""
    return f"{new / faces:.1%} instead of {old / faces:.1%} of {faces} faces right, {allowed:.1%} fewer allowed"


def _right(verdicts: Sequence[Verdict], belongs: Sequence[bool]) -> int:
    return sum(each.is_right for each, is_in in zip(verdicts, belongs, strict=True) if is_in)


def _doubts(current: Sequence[Verdict], margins: GateMargins) -> Iterator[str]:
    trusted = _balanced(current)
    if current and trusted < margins.least_trust:
        yield f"the served version gets only {trusted:.1%} (balanced) of the holdout right: are its labels swapped?"


def _balanced(verdicts: Sequence[Verdict]) -> float:
    """The mean of the accuracies of both labels; one without faces counts as nothing right."""
    faces = Counter(each.label for each in verdicts)
    right = Counter(each.label for each in verdicts if each.is_right)
    return sum(right[label] / faces[label] if faces[label] else 0.0 for label in LABELS) / len(LABELS)


def _alone(candidate: Sequence[Verdict], margins: GateMargins) -> GateRecord:
    balanced = _balanced(candidate)
    if balanced >= margins.least_balanced:
        return GateRecord(passed=True)
    reason = f"balanced accuracy is {balanced:.1%}: a first version needs {margins.least_balanced:.1%}"
    return GateRecord(passed=False, reasons=(reason,))
