from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from shared.messages import Violation
from shared.violation_log import Logged
from shared.webhooks import Outcome, Snooze, Webhook
from tests.worker.webhooks.builders import ENDED, OPENED, UPDATED, a_violation, a_webhook
from worker.webhooks.intake import Intake
from worker.webhooks.memory import Change, Memory

MINUTE_MS = 60_000


def _logged(violation: Violation | None, at_ms: int = 1_000, number: int = 0) -> Logged:
    return Logged("gate" if violation is None else violation.camera, f"{at_ms}-{number}", violation)


def _taken(
    webhook: Webhook,
    entries: Sequence[Logged],
    memory: Memory | None = None,
    snoozes: dict[str, Snooze] | None = None,
    most: int = 1_000,
) -> tuple[list[str], Counter[Outcome]]:
    """The ids of what waits when all entries are taken in, and the counts."""
    memory, change = memory or Memory(), Change()
    intake = Intake(webhook, snoozes or {}, memory, change)
    for entry in entries:
        intake.take(entry)
    intake.drop_oldest(most)
    change.apply(memory)
    return [event.id for event in memory.waiting.values()], change.counts


def _life(violation_id: str = "gate-1-0-0", zone: str | None = None) -> list[Violation]:
    return [a_violation(violation_id, state, zone=zone) for state in (OPENED, UPDATED, ENDED)]


def test_opened_and_ended_are_sent_and_updates_only_where_they_are_wished() -> None:
    entries = [_logged(each, 1_000 + n) for n, each in enumerate(_life())]
    assert _taken(a_webhook(), entries)[0] == ["gate-1-0-0:opened", "gate-1-0-0:ended"]
    everything = a_webhook(events=("opened", "updated", "ended"))
    assert _taken(everything, entries)[0][1] == "gate-1-0-0:updated:1001-0"


def test_an_end_is_sent_alone_where_only_ends_are_wished() -> None:
    ids, _ = _taken(a_webhook(events=("ended",)), [_logged(each) for each in _life()])
    assert ids == ["gate-1-0-0:ended"]


@pytest.mark.parametrize(
    "limits",
    [{"cameras": ("lobby",)}, {"zones": ("door",)}, {"min_confidence": 0.95}],
    ids=["camera", "zone", "confidence"],
)
def test_what_does_not_concern_a_webhook_is_neither_sent_nor_counted(limits: dict[str, Any]) -> None:
    ids, counts = _taken(a_webhook(**limits), [_logged(each) for each in _life(zone="hall")])
    assert (ids, counts.total()) == ([], 0)


def test_what_opens_sure_enough_is_told_of_to_its_end() -> None:
    entries = [_logged(a_violation(confidence=0.96)), _logged(a_violation(state=ENDED, confidence=0.4), 2_000)]
    assert len(_taken(a_webhook(min_confidence=0.95), entries)[0]) == 2


def test_an_end_whose_opening_was_before_the_webhook_is_not_sent() -> None:
    assert _taken(a_webhook(), [_logged(a_violation(state=ENDED))])[0] == []


@pytest.mark.parametrize("name", ["desk/gate", "desk/*", "*/gate", "*/*"])
def test_what_opens_during_a_snooze_is_counted_and_never_sent_nor_is_its_end(name: str) -> None:
    snoozes = {name: Snooze(from_ms=1_000, until_ms=2_000)}
    opened, _, ended = _life()
    ids, counts = _taken(a_webhook(), [_logged(opened, 1_999), _logged(ended, 5_000)], snoozes=snoozes)
    assert (ids, counts) == ([], Counter({Outcome.SNOOZED: 1}))


@pytest.mark.parametrize("name", ["desk/lobby", "door/*", "*/lobby"])
def test_a_snooze_of_another_camera_or_webhook_holds_nothing_back(name: str) -> None:
    snoozes = {name: Snooze(from_ms=0, until_ms=9_000)}
    assert _taken(a_webhook(), [_logged(a_violation())], snoozes=snoozes)[0]


def test_what_opened_before_a_snooze_ends_in_it_all_the_same_and_what_opens_after_it_is_sent() -> None:
    snoozes = {"*/*": Snooze(from_ms=1_000, until_ms=2_000)}
    opened, _, ended = _life()
    entries = [_logged(opened, 999), _logged(ended, 1_500), _logged(a_violation("gate-1-9-0"), 2_000)]
    assert _taken(a_webhook(), entries, snoozes=snoozes)[0] == [
        "gate-1-0-0:opened",
        "gate-1-0-0:ended",
        "gate-1-9-0:opened",
    ]


def test_a_cool_down_begins_with_what_is_sent_and_holds_for_one_camera() -> None:
    entries = [
        _logged(a_violation("gate-1-0-0"), 0),
        _logged(a_violation("gate-1-1-0"), 4 * MINUTE_MS),  # held back: it does not begin the time anew
        _logged(a_violation("lobby-1-0-0", camera="lobby"), 4 * MINUTE_MS),
        _logged(a_violation("gate-1-2-0"), 5 * MINUTE_MS),
    ]
    ids, counts = _taken(a_webhook(cooldown_s=300), entries)
    assert ids == ["gate-1-0-0:opened", "lobby-1-0-0:opened", "gate-1-2-0:opened"]
    assert counts == Counter({Outcome.COOLING: 1})


def test_when_too_many_wait_the_oldest_are_dropped_together_with_their_ends() -> None:
    first, second = _life("gate-1-0-0"), _life("gate-1-1-0")
    entries = [_logged(each) for each in (first[0], second[0], first[2], second[2])]
    ids, counts = _taken(a_webhook(), entries, most=3)
    assert ids == ["gate-1-1-0:opened", "gate-1-1-0:ended"]
    assert counts == Counter({Outcome.DROPPED: 2})


def test_the_end_of_what_was_dropped_before_is_not_sent() -> None:
    memory = Memory()
    opened, _, ended = _life()
    _taken(a_webhook(), [_logged(opened), _logged(a_violation("gate-1-1-0"))], memory, most=1)
    assert _taken(a_webhook(), [_logged(ended)], memory)[0] == ["gate-1-1-0:opened"]


@pytest.mark.parametrize(
    "violation_id", ["a\r\nX-Evil: 1", "", "ü", "x" * 201], ids=["header", "none", "letter", "long"]
)
def test_an_entry_that_cannot_stand_in_a_header_is_counted_and_passed_by(violation_id: str) -> None:
    memory = Memory()
    ids, counts = _taken(a_webhook(), [_logged(a_violation(violation_id)), _logged(None, 2_000)], memory)
    assert (ids, counts) == ([], Counter({Outcome.UNREADABLE: 2}))
    assert memory.positions == {"gate": "2000-0"}
