"""From the cameras of a file to what is attached, changed and removed."""

from collections.abc import Callable, Sequence

from console.attaching import Known, Plan
from console.cameras.keys import check_sealed
from console.cameras.sources import check_source
from console.cameras.wishes import Wish
from console.errors import BadInput
from shared.logins import CameraKey


def plan(wishes: Sequence[Wish], key: CameraKey | None, *, prune: bool) -> Callable[[Known], Plan]:
    """What to do with the cameras of a file; ``prune`` removes all others.

    With the system's private ``key`` also what is sealed is looked into.

    Raises:
        BadInput: when called, if a file or folder that is new to the system holds nothing to see, or a
            sealed login does not open.
    """

    def planned(known: Known) -> Plan:
        for wish in wishes:
            # What is attached already may be on the producer's machine alone.
            if wish.id not in known or known[wish.id].source != wish.source:
                check_source(wish)
            if key is not None and wish.sealed_source:
                _check_sealed(key, wish)
        return Plan(wishes, sorted(known.keys() - {wish.id for wish in wishes}) if prune else ())

    return planned


def _check_sealed(key: CameraKey, wish: Wish) -> None:
    try:
        check_sealed(key, wish.sealed_source, wish.source)
    except BadInput as error:
        raise BadInput(f"camera {wish.id}: sealed: {error}") from error
