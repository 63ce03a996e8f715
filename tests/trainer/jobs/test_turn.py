import time

from shared.connections import Servers
from trainer.jobs.turn import Turn


def test_only_one_trainer_has_the_turn_until_it_gives_it_up(servers: Servers) -> None:
    one, other = Turn(servers.state, "one", 60_000), Turn(servers.state, "other", 60_000)
    assert one.refresh()
    assert not other.refresh()
    assert other.lease is None
    one.release()
    assert other.refresh()
    assert not one.refresh()


def test_a_turn_that_is_not_refreshed_ends_by_itself(servers: Servers) -> None:
    one, other = Turn(servers.state, "one", 50), Turn(servers.state, "other", 50)
    one.refresh()
    time.sleep(0.06)
    assert one.lease is None
    assert other.refresh()


def test_a_turn_that_went_on_keeps_its_token(servers: Servers) -> None:
    one = Turn(servers.state, "one", 60_000)
    one.refresh()
    first = one.lease
    one.refresh()
    assert one.lease == first
