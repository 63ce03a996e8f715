from console.web.attempts import Attempts

HERE, THERE = "10.0.0.1", "10.0.0.2"


class Clock:
    """Stands still until it is put forward."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def tried(address: str, count: int, clock: Clock | None = None) -> Attempts:
    attempts = Attempts(clock or Clock())
    for number in range(count):
        attempts.add(address, f"token-{number}")
    return attempts


def test_an_address_may_try_twenty_tokens_and_others_go_on() -> None:
    assert not tried(HERE, 19).are_too_many(HERE)
    attempts = tried(HERE, 20)
    assert attempts.are_too_many(HERE)
    assert not attempts.are_too_many(THERE)


def test_a_script_with_an_old_token_shuts_nobody_out() -> None:
    attempts = Attempts(Clock())
    for _ in range(1_000):
        attempts.add(HERE, "the-token-of-last-year")
    assert not attempts.are_too_many(HERE)


def test_after_a_minute_it_may_try_again() -> None:
    clock = Clock()
    attempts = tried(HERE, 20, clock)
    clock.now = 61
    assert not attempts.are_too_many(HERE)


def test_who_has_a_whole_ipv6_network_is_one() -> None:
    attempts = Attempts(Clock())
    for number in range(20):
        attempts.add(f"2001:db8:0:7::{number:x}", f"token-{number}")
    assert attempts.are_too_many("2001:db8:0:7:ffff::1")
    assert not attempts.are_too_many("2001:db8:0:8::1")
    assert tried("::ffff:10.0.0.1", 20).are_too_many(HERE)


def test_addresses_beyond_a_thousand_push_the_oldest_out() -> None:
    attempts = tried(HERE, 20)
    for number in range(1_000):
        attempts.add(f"10.1.{number // 250}.{number % 250}", "wrong")
    assert not attempts.are_too_many(HERE)
    assert len(attempts._tried) == 1_000


def test_an_address_that_is_none_is_counted_too() -> None:
    assert tried("testclient", 20).are_too_many("")
