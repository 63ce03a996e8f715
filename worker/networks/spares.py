"""What is costly to make and serves one thread at a time, kept until it is wanted again."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

_Kind = TypeVar("_Kind", bound=Hashable)
_Thing = TypeVar("_Thing")


class Spares(Generic[_Kind, _Thing]):
    """Spare things of a few kinds; those of the kind that nobody wanted for longest are forgotten."""

    def __init__(self, max_kinds: int) -> None:
        """Keep none yet."""
        self._max_kinds = max_kinds
        self._of_kind: dict[_Kind, list[_Thing]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def lent(self, kind: _Kind, make: Callable[[], _Thing]) -> Iterator[_Thing]:
        """A thing of this kind for the caller alone, a spare one or a new one; one that fails is not kept."""
        with self._lock:
            spares = self._of_kind.pop(kind, [])
            self._of_kind[kind] = spares  # a dictionary keeps its order: the newest is last
            if len(self._of_kind) > self._max_kinds:
                self._of_kind.pop(next(iter(self._of_kind)))
            thing = spares.pop() if spares else None
        if thing is None:
            thing = make()
        yield thing
        spares.append(thing)
