"""Which detector may be served: not worse than the one that is, at as many false faces."""

from dataclasses import dataclass

import numpy as np
import pytest

from shared.messages import Label
from trainer.detector.album import KINDS
from trainer.detector.gate import judge_detector
from trainer.detector.margins import DetectorMargins
from trainer.detector.measuring import Findings

PHOTOGRAPHS = 60
MASKED, BARE = 130, 30


def findings(masked: int, bare: int, false: int = 12, faces: tuple[int, int] = (MASKED, BARE)) -> Findings:
    """So many of the masked and bare faces found, and so many false ones, the true ones surer."""
    found = [np.arange(count) < share for count, share in zip(faces, (masked, bare), strict=True)]
    at = np.where(np.concatenate(found), np.float32(2), -np.float32(np.inf)).astype(np.float32)
    kinds = np.repeat([KINDS.index(Label.WITH_MASK), KINDS.index(Label.WITHOUT_MASK)], faces).astype(np.int8)
    return Findings(PHOTOGRAPHS, at, np.full(sum(faces), 50, np.float32), kinds, np.zeros(false, np.float32))


@dataclass(frozen=True)
class Row:
    new: Findings
    old: Findings | None
    reason: str = ""  # what the first one says; empty where it passes


ROWS = {
    "the same passes": Row(findings(120, 24), findings(120, 24)),
    "better passes": Row(findings(128, 29), findings(120, 24)),
    "one bare face fewer is chance": Row(findings(120, 23), findings(120, 24)),
    "two faces fewer of each may be chance": Row(findings(118, 22), findings(120, 24)),
    "eight bare faces fewer are not": Row(findings(120, 16), findings(120, 24), "without mask: 53.3% instead of 80.0%"),
    "many masked faces fewer are not": Row(findings(100, 24), findings(120, 24), "with mask: 76.9% instead of 92.3%"),
    "many masked ones gained alone leave bare ones too far behind": Row(
        findings(130, 24), findings(105, 24), "masked and bare faces are 20.0% instead of 0.8% apart"
    ),
    "too few bare faces let nobody pass": Row(
        findings(120, 9, faces=(MASKED, 9)), findings(120, 9, faces=(MASKED, 9)), "without mask: 9 faces are too few"
    ),
    "nobody passes on faces that the served one does not find": Row(
        findings(130, 30), findings(40, 9), "the served version finds only 30.4%"
    ),
    "a first one that is good enough passes": Row(findings(110, 22), None),
    "a first one that finds few does not": Row(findings(70, 22), None, "with mask: 53.8% found"),
    "a first one that finds masked faces only does not": Row(
        findings(130, 19), None, "masked and bare faces are 36.7%"
    ),
    "a first one without bare faces does not": Row(
        findings(130, 0, faces=(MASKED, 0)), None, "without mask: 0 faces are too few"
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_detector_is_served_only_if_it_is_not_worse(name: str) -> None:
    row = ROWS[name]
    record = judge_detector(row.new, row.old, DetectorMargins(), 3)
    assert record.passed == (not row.reason), record.reasons
    assert record.compared_with == (None if row.old is None else 3)
    assert (record.reasons[0] if record.reasons else "").startswith(row.reason)


def test_false_faces_are_no_way_to_find_more() -> None:
    sure = findings(120, 24)
    hasty = findings(130, 30, false=600)
    hasty.false_at[:] = 3  # surer than the true ones
    assert not judge_detector(hasty, sure, DetectorMargins()).passed


def test_other_photographs_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same faces"):
        judge_detector(findings(9, 9), findings(9, 9, faces=(20, 20)), DetectorMargins())
