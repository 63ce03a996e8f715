import asyncio

from console.live.newsroom import Listener, News


async def told(*several: News) -> list[News]:
    listener = Listener(asyncio.get_running_loop())
    for news in several:
        listener.tell(news)
    await asyncio.sleep(0)
    return await listener.next()


def test_of_the_system_only_the_newest_state_waits_for_who_is_slow() -> None:
    found = asyncio.run(told(*(News("system", str(number)) for number in range(1_000))))
    assert found == [News("system", "999")]


def test_of_violations_the_newest_wait_in_their_order() -> None:
    found = asyncio.run(told(*(News("violation", str(number)) for number in range(600)), News("system", "now")))
    assert [each.data for each in found] == ["now", *(str(number) for number in range(100, 600))]


def test_nothing_is_told_twice() -> None:
    async def again() -> list[News]:
        listener = Listener(asyncio.get_running_loop())
        for each in (News("violation", "1"), News("violation", "2")):
            listener.tell(each)
            await listener.next()
        listener.tell(News("system", "3"))
        return await listener.next()

    assert asyncio.run(again()) == [News("system", "3")]
