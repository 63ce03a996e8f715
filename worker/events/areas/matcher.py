"""Counts an area's violations from the logs of its cameras: no clock, no input or output.

What comes in is in the order of the state server, and what it makes of it depends on nothing else: not on how the
logs were cut into reads, nor on who read them. Instants of violations are their cameras'.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.areas import AreaCountField, AreaMember
from shared.messages import Violation, ViolationState
from shared.streams import QUARTER_S, CountField
from shared.violation_log import Logged
from worker.events.areas.grouping import Grouping

# So late may a camera's violation come and still find those that it overlaps with. What is open is heard of every
# few seconds, unless it was erased or its camera belongs to the area no more.
KEEP_MS = 900_000
MAX_MEMBERS = 1_000


@dataclass
class Change:
    """What entries came to: counts, in all and by quarter of an hour; members that are new or others, or forgotten."""

    counts: Counter[str] = field(default_factory=Counter)
    by_quarter: dict[int, Counter[str]] = field(default_factory=dict)
    members: dict[str, AreaMember] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)


class Matcher:
    """One area. ``counted`` is how many area violations there were so far, and the number of the last one."""

    def __init__(self, members: dict[str, AreaMember], counted: int, window_s: float) -> None:
        """Go on from what was known before."""
        self._grouping = Grouping(members, window_s)
        self._counted = counted
        self._change = Change()

    def set_window(self, window_s: float) -> None:
        """Count with another window from the next entry on."""
        self._grouping.window_s = window_s

    def take(self, entries: Iterable[Logged]) -> Change:
        """Count what is new."""
        self._change = Change()
        for entry in entries:
            self._let_go(entry.at_ms)
            if entry.violation is None:
                self._change.counts[AreaCountField.UNREADABLE] += 1
            else:
                self._hear(entry.camera, entry.at_ms, entry.violation)
        changed, self._grouping.changed = self._grouping.changed, set()
        self._change.members = {each: self._grouping.members[each] for each in sorted(changed)}
        return self._change

    def _hear(self, camera: str, at_ms: int, violation: Violation) -> None:
        member = self._grouping.members.get(violation.id)
        if member is None and violation.state is ViolationState.OPENED:
            self._begin(violation.id, _new_member(camera, at_ms, violation))
        elif member is not None:
            last_s = max(member.last_s, violation.last_seen.timestamp())
            is_open = violation.state is not ViolationState.ENDED
            self._learn(violation.id, {"last_s": last_s, "is_open": is_open, "heard_ms": at_ms})

    def _begin(self, violation: str, member: AreaMember) -> None:
        self._count(f"{AreaCountField.SPELLS}:{member.camera}", member)
        if not self._grouping.place(violation, member):
            self._found([violation], member)
        self._make_room()

    def _found(self, violations: list[str], first: AreaMember) -> None:
        """Begin another area violation."""
        self._counted += 1
        self._count(CountField.VIOLATIONS, first)
        for each in violations:
            member = self._grouping.members.get(each, first)
            self._grouping.put(each, member.model_copy(update={"number": self._counted}))

    def _learn(self, violation: str, news: dict[str, object]) -> None:
        member = self._grouping.members[violation].model_copy(update=news)
        self._grouping.put(violation, member)
        if not member.is_open:
            self._settle(member.number)

    def _settle(self, number: int) -> None:
        """Find other places for those whom an end, now known, has cut off from their group."""
        left = self._grouping.parts(number)
        for part in left[:]:
            if len(left) > 1 and len(part) == 1 and self._is_placed_elsewhere(part[0]):
                left.remove(part)
        for part in left[1:]:
            members = [self._grouping.take_out(each) for each in part]
            self._found(part, members[0])

    def _is_placed_elsewhere(self, violation: str) -> bool:
        member = self._grouping.take_out(violation)
        if self._grouping.place(violation, member):
            return True
        self._grouping.put(violation, member)
        return False

    def _count(self, count: str, member: AreaMember) -> None:
        """In the quarter in which the camera counts it."""
        self._change.counts[count] += 1
        self._change.by_quarter.setdefault(int(member.opened_s) // QUARTER_S, Counter())[count] += 1

    def _let_go(self, now_ms: int) -> None:
        """Forget what was heard of long ago, but with none that has heard-of company: it keeps its camera's place."""
        members = self._grouping.members
        for number, group in list(self._grouping.groups.items()):
            if all(now_ms - members[each].heard_ms > KEEP_MS for each in group.values()):
                self._forget(number)

    def _make_room(self) -> None:
        members = self._grouping.members
        while len(members) > MAX_MEMBERS:
            groups = self._grouping.groups
            self._forget(min(groups, key=lambda each: max(members[of].heard_ms for of in groups[each].values())))
            self._change.counts[AreaCountField.FORGOTTEN] += 1

    def _forget(self, number: int) -> None:
        self._change.forgotten.update(self._grouping.drop(number))


def _new_member(camera: str, at_ms: int, violation: Violation) -> AreaMember:
    first_s = violation.first_seen.timestamp()
    return AreaMember(
        camera=camera,
        number=1,  # until it is placed
        first_s=first_s,
        last_s=max(first_s, violation.last_seen.timestamp()),
        opened_s=violation.opened_at.timestamp(),
        heard_ms=at_ms,
        is_open=True,
    )
