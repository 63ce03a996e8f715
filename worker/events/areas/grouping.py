"""Which violations of an area's cameras are one area violation: a matching over time, as small as it gets.

Two violations of different cameras may be of one person when they overlap in time, give or take the window. An
area violation holds at most one of each camera, and hangs together by such overlaps. Which ones are put together
is open to change as more is known; how many there are never falls.

With two cameras there are as few as there can be, whatever the order in which the violations come: a newcomer
goes where there is room, and where there is none, others of its camera make room along an augmenting path; only
where that fails there is one more. With three and more, that is not always the fewest.
"""

from collections import deque
from collections.abc import Container
from math import inf

from shared.areas import AreaMember


class Grouping:
    """Violations by id, in numbered groups. ``changed`` collects those that were put somewhere."""

    def __init__(self, members: dict[str, AreaMember], window_s: float) -> None:
        """Go on from what was known before."""
        self.window_s = window_s
        self.members = members
        self.groups: dict[int, dict[str, str]] = {}  # number -> camera -> violation
        self.changed: set[str] = set()
        for violation, member in members.items():
            self.groups.setdefault(member.number, {})[member.camera] = violation

    def put(self, violation: str, member: AreaMember) -> None:
        """Have a violation in the group of its number, in the place of its camera."""
        self.members[violation] = member
        self.groups.setdefault(member.number, {})[member.camera] = violation
        self.changed.add(violation)

    def place(self, violation: str, member: AreaMember) -> bool:
        """Put a violation that is in no group into one that is there; false, and nothing changed, if none has room."""
        seekers = deque([(violation, member)])
        newcomers: dict[int, str] = {}  # group -> who would come into it
        while seekers:
            seeker, looking = seekers.popleft()
            for number in self._open_to(looking, newcomers):
                newcomers[number] = seeker
                resident = self.groups[number].get(member.camera)
                if resident is None:
                    self._move_along(number, newcomers, violation, member)
                    return True
                seekers.append((resident, self.members[resident]))
        return False

    def take_out(self, violation: str) -> AreaMember:
        """Take a violation out of its group, in which others stay."""
        member = self.members[violation]
        del self.groups[member.number][member.camera]
        return member

    def parts(self, number: int) -> list[list[str]]:
        """A group's violations, apart where they do not hang together; the part that opened first comes first."""
        return self._parts({each: self.members[each] for each in self.groups[number].values()})

    def drop(self, number: int) -> list[str]:
        """Forget a group; returns its violations."""
        violations = list(self.groups.pop(number).values())
        for each in violations:
            del self.members[each]
        self.changed.difference_update(violations)
        return violations

    def _move_along(self, number: int, newcomers: dict[int, str], violation: str, member: AreaMember) -> None:
        """Let each go into the group where it found room, and who found its place after it, back to the first."""
        while newcomers[number] != violation:
            mover = newcomers[number]
            moving = self.members[mover]
            self.put(mover, moving.model_copy(update={"number": number}))
            number = moving.number
        self.put(violation, member.model_copy(update={"number": number}))

    def _open_to(self, member: AreaMember, tried: Container[int]) -> list[int]:
        """The groups that hang together with this one in the place of its camera; the nearest beginning first."""
        found = []
        for number, group in self.groups.items():
            distances_s = [] if number in tried else self._distances_s(member, group)
            # Only what somebody leaves can fall apart.
            if distances_s and (member.camera not in group or self._is_whole(group, member)):
                found.append((min(distances_s), number))
        return [number for _, number in sorted(found)]

    def _distances_s(self, member: AreaMember, group: dict[str, str]) -> list[float]:
        """How far apart the beginnings are, of those of other cameras that overlap."""
        others = [self.members[each] for camera, each in group.items() if camera != member.camera]
        return [abs(each.first_s - member.first_s) for each in others if self._overlap(each, member)]

    def _is_whole(self, group: dict[str, str], member: AreaMember) -> bool:
        rest = {each: self.members[each] for camera, each in group.items() if camera != member.camera}
        return len(self._parts(rest | {"": member})) == 1

    def _parts(self, members: dict[str, AreaMember]) -> list[list[str]]:
        left = sorted(members, key=lambda each: (members[each].opened_s, each))
        found = []
        while left:
            part = [left.pop(0)]
            for reached in part:  # which grows meanwhile
                near = [each for each in left if self._overlap(members[each], members[reached])]
                part += near
                left = [each for each in left if each not in near]
            found.append(part)
        return found

    def _overlap(self, one: AreaMember, other: AreaMember) -> bool:
        return one.first_s <= _end(other) + self.window_s and other.first_s <= _end(one) + self.window_s


def _end(member: AreaMember) -> float:
    return inf if member.is_open else member.last_s
