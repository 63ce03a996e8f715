"""Counts of crowds with known truth may not get worse than they were when the golden file was written."""

import json
from typing import Any

import pytest

from tests.worker.events.synthetic_crowd import GOLDEN, LEVELS, SUBSET, Score, runs_of, scores_of


def _golden(level: str) -> dict[str, Any]:
    golden: dict[str, Any] = json.loads(GOLDEN.read_text())[level]["subset"]
    return golden


# Each level of noise takes longer; the heaviest is left to `make drills`.
_LEVELS = [pytest.param(level, marks=[pytest.mark.long] if level == "heavy" else []) for level in LEVELS]


@pytest.mark.parametrize("level", _LEVELS)
def test_no_count_of_a_crowd_is_worse_than_it_was(level: str) -> None:
    golden = _golden(level)
    assert golden["runs"] == SUBSET
    for counted, score in scores_of(runs_of(level, range(SUBSET))).items():
        before = Score(**golden[counted])
        hint = f"{counted} at noise {level}: {score} after {before}; if that is meant, --write-golden"
        assert score.mean_error <= before.mean_error, hint
        assert score.exact >= before.exact, hint
        assert score.within_one >= before.within_one, hint
