"""Waiting for what another thread or process does, with a deadline instead of a sleep."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_T = TypeVar("_T")


def eventually(condition: Callable[[], _T], timeout_s: float = 10.0, interval_s: float = 0.01) -> _T:
    """The first truthy answer of ``condition``, which is asked again and again.

    Raises:
        AssertionError: there was none within ``timeout_s`` seconds; carries the last answer.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise AssertionError(f"still {answer!r} after {timeout_s} s")
        time.sleep(interval_s)


@contextmanager
def repeated(do: Callable[[], object], interval_s: float = 0.2) -> Iterator[None]:
    """Something is done at once and again and again for the length of a block, in a thread of its own."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(interval_s):
            do()

    do()
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
