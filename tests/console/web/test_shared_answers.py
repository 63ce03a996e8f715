import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from console.web.shared_answers import SharedAnswer


class Question:
    """Counts how often it is answered, and answers when it may."""

    def __init__(self) -> None:
        self.times = 0
        self.may_end = threading.Event()

    def __call__(self) -> int:
        self.times += 1
        number = self.times
        assert self.may_end.wait(20)
        return number


T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: a browser that other tests share keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def test_all_who_wait_are_given_one_answer_that_is_begun_after_they_asked() -> None:
    question = Question()

    async def asked() -> list[int]:
        shared = SharedAnswer(question)
        first = asyncio.create_task(shared.get())
        while not question.times:
            await asyncio.sleep(0.01)
        others = [asyncio.create_task(shared.get()) for _ in range(100)]
        await asyncio.sleep(0)
        question.may_end.set()
        return list(await asyncio.gather(first, *others))

    assert run(asked()) == [1] + [2] * 100


def test_a_failure_is_told_to_all_and_the_next_time_sought_again() -> None:
    away = threading.Event()
    away.set()

    def find() -> str:
        if away.is_set():
            raise OSError("away")
        return "there"

    async def asked() -> tuple[list[str], str]:
        shared = SharedAnswer(find)
        together = await asyncio.gather(*(shared.get() for _ in range(10)), return_exceptions=True)
        away.clear()
        return [str(each) for each in together], await shared.get()

    assert run(asked()) == (["away"] * 10, "there")
