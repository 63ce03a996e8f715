"""Which changes of violations a webhook is told of: filters, snoozes and the cool-down; no input or output.

All of it goes by when a change was counted, not by when somebody got round to it: a receiver that is away
for an hour, or an events worker that was, changes nothing about what is sent.
"""

import re
from collections.abc import Mapping

from shared.messages import Violation, ViolationState
from shared.violation_log import Logged
from shared.webhooks import EVERY, Outcome, Snooze, WaitingEvent, Webhook
from worker.webhooks.memory import Change, Memory

_ID = re.compile(r"[!-~]{1,200}")  # stands in a header


class Intake:
    """Adds log entries to a change of one webhook's memory, oldest first."""

    def __init__(self, webhook: Webhook, snoozes: Mapping[str, Snooze], memory: Memory, change: Change) -> None:
        """``snoozes`` by <webhook or *>/<camera or *>."""
        self._webhook = webhook
        self._snoozes = snoozes
        self._memory = memory
        self._change = change
        self._place = memory.next_place

    def take(self, logged: Logged) -> None:
        """Decide about an entry; it is not read again."""
        self._change.positions[logged.camera] = logged.entry_id
        violation = logged.violation
        if violation is None or not _ID.fullmatch(violation.id):
            self._change.counts[Outcome.UNREADABLE] += 1
        elif violation.state is self._webhook.leading:
            self._lead(logged, violation)
        else:
            self._follow(logged, violation)

    def drop_oldest(self, most: int) -> None:
        """Keep no more than so many waiting."""
        for place in [*self._memory.waiting, *self._change.added]:
            if len(self._memory.waiting) + len(self._change.added) - len(self._change.removed) <= most:
                return
            if place not in self._change.removed:
                self._change.withdraw(self._memory, place, Outcome.DROPPED)

    def _lead(self, logged: Logged, violation: Violation) -> None:
        if not self._concerns(violation):
            return
        held_back = self._held_back(logged)
        if held_back:
            self._change.counts[held_back] += 1
            return
        self._change.cooldowns[logged.camera] = logged.at_ms
        if violation.state is ViolationState.OPENED:
            self._change.announced[violation.id] = logged.at_ms
        self._add(logged, violation)

    def _follow(self, logged: Logged, violation: Violation) -> None:
        announced = self._memory.announced | self._change.announced.keys()
        if violation.id not in announced - self._change.closed:
            return
        if violation.state is ViolationState.ENDED:
            self._change.closed.add(violation.id)
        if violation.state in self._webhook.events:
            self._add(logged, violation)

    def _add(self, logged: Logged, violation: Violation) -> None:
        # There may be several updates of a violation, and one each of the others.
        number = f":{logged.entry_id}" if violation.state is ViolationState.UPDATED else ""
        event = WaitingEvent(id=f"{violation.id}:{violation.state}{number}", at_ms=logged.at_ms, violation=violation)
        self._change.added[self._place] = event
        self._place += 1

    def _concerns(self, violation: Violation) -> bool:
        webhook = self._webhook
        return (
            (not webhook.cameras or violation.camera in webhook.cameras)
            and (not webhook.zones or violation.zone in webhook.zones)
            and violation.confidence >= webhook.min_confidence
        )

    def _held_back(self, logged: Logged) -> Outcome | None:
        names = (f"{name}/{camera}" for name in (self._webhook.name, EVERY) for camera in (logged.camera, EVERY))
        snoozes = (self._snoozes[name] for name in names if name in self._snoozes)
        if any(snooze.from_ms <= logged.at_ms < snooze.until_ms for snooze in snoozes):
            return Outcome.SNOOZED
        last_ms = (self._memory.cooldowns | self._change.cooldowns).get(logged.camera)
        is_early = last_ms is not None and logged.at_ms - last_ms < self._webhook.cooldown_s * 1000
        return Outcome.COOLING if is_early else None
