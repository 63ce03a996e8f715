from collections.abc import Mapping

import pytest

from shared.messages import DropReason, FrameResult
from tests.builders import a_detection, a_result
from worker.events.doubt import Doubt
from worker.events.uncommitted import MOST_HELD_S, Uncommitted

HELD_BACK = a_result(dropped=DropReason.UNCHANGED, on_overload="drop_oldest")


def _of(result: FrameResult = HELD_BACK, news: Mapping[str, object] | None = None) -> Uncommitted:
    uncommitted = Uncommitted()
    uncommitted.add(result)
    uncommitted.verdict.add("dropped:unchanged")
    for name, value in (news or {}).items():
        setattr(uncommitted.verdict, name, value)
    uncommitted.note(10.0)
    return uncommitted


def test_a_live_cameras_counts_gather_for_a_while() -> None:
    uncommitted = _of()
    assert not uncommitted.is_due(10.0)
    uncommitted.note(10.9)  # more came
    assert uncommitted.is_due(10.0 + MOST_HELD_S)


def test_where_nothing_was_judged_nothing_is_due() -> None:
    uncommitted = Uncommitted()
    uncommitted.note(10.0)
    assert not uncommitted.is_due(1_000.0)


def test_the_producer_of_a_file_does_not_wait() -> None:
    assert _of(a_result(on_overload="wait")).is_due(10.0)


@pytest.mark.parametrize(
    "news",
    [
        {"violations": {"gate-1-0-0": []}},
        {"snapshots": {"gate-1-0-0": None}},
        {"doubts": [Doubt(a_result(0, a_detection()), 0, b"jpeg")]},
        {"sights": [None]},
    ],
    ids=lambda news: next(iter(news)),
)
def test_news_do_not_wait(news: dict[str, object]) -> None:
    assert _of(news=news).is_due(10.0)


def test_a_person_does_not_wait() -> None:
    uncommitted = _of()
    uncommitted.verdict.add("people:with_mask")
    assert uncommitted.is_due(10.0)
