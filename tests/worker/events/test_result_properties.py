"""Results that are nearly right: each is skipped or judged, and what comes of it can be written."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.messages import FrameResult
from tests.builders import a_detection, a_result
from tests.strategies import DEEP, QUICK, nearly
from worker.events.checkpoint import _packed
from worker.events.judge import Judge
from worker.events.reorder import Arrival, Gap, Reorder
from worker.events.rules import Rules
from worker.events.tracker import Limits
from worker.events.verdict import Verdict

SAMPLE: dict[str, Any] = json.loads(
    a_result(0, a_detection(appearance=(1, 2, 3)), a_detection(x=700)).model_dump_json()
)
STREAMS = st.lists(nearly(SAMPLE), min_size=2, max_size=5)


def judged(stream: list[Any]) -> None:
    """As the events stage takes them, without a server."""
    judge, verdict = Judge("gate", Rules(limits=Limits(2.0)), None), Verdict()
    reorder = Reorder(1, 0, "0-0", timedelta(seconds=2))
    out: list[Arrival | Gap] = []
    for number, value in enumerate(stream):
        numbered = value | {"sequence": value.get("sequence") or number} if isinstance(value, dict) else value
        try:
            result = FrameResult.model_validate_json(json.dumps(numbered))
        except ValidationError:
            continue
        out += reorder.push(Arrival(f"{number + 1}-0", result, {}))
    for each in [*out, *reorder.flush()]:
        if isinstance(each, Gap):
            judge.miss()
        else:
            judge.take(each, verdict)
    judge.finish(verdict)
    assert _packed(judge.state)
    json.dumps(verdict.counts, allow_nan=False)
    assert all(abs(count) < 2**53 for count in verdict.counts.values())


@settings(QUICK)
@given(STREAMS)
def test_whatever_can_be_read_can_be_judged(stream: list[Any]) -> None:
    judged(stream)


@pytest.mark.long
@settings(DEEP)
@given(STREAMS)
def test_whatever_can_be_read_can_be_judged_however_long_one_looks(stream: list[Any]) -> None:
    judged(stream)
