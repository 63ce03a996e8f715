"""From the cameras of a file to what is attached, changed and removed."""

from collections.abc import Callable, Sequence

from console.attaching import Known, Plan
from console.cameras.sources import check_source
from console.cameras.wishes import Wish


def plan(wishes: Sequence[Wish], *, prune: bool) -> Callable[[Known], Plan]:
    """What to do with the cameras of a file; ``prune`` removes all others.

    Raises:
        BadInput: when called, if a file or folder that is new to the system holds nothing to see.
    """

    def planned(known: Known) -> Plan:
        for wish in wishes:
            # What is attached already may be on the producer's machine alone.
            if wish.id not in known or known[wish.id].source != wish.source:
                check_source(wish)
        return Plan(wishes, sorted(known.keys() - {wish.id for wish in wishes}) if prune else ())

    return planned
