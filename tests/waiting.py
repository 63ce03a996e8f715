"""Waiting for what another thread or process does, with a deadline instead of a sleep."""

import time
from collections.abc import Callable
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
