from producer.live.mailbox import Arrival, Mailbox
from producer.sources.base import Picture


def _arrival(at: float, *, is_due: bool = True) -> Arrival:
    picture = Picture(jpeg=b"")
    return Arrival(picture, at, 0.0, can_freeze=False, is_due=is_due, silence_limit_s=None, due_at=at)


def test_the_newest_picture_is_taken_and_the_older_due_one_is_withheld() -> None:
    mailbox = Mailbox(most_withheld=4)
    mailbox.put(_arrival(1.0))
    mailbox.put(_arrival(2.0))
    taken = mailbox.take(0)
    assert taken is not None
    assert (taken.at, taken.is_due, taken.due_at) == (2.0, True, 1.0)
    assert mailbox.take_withheld(9.0) == [1.0]
    assert mailbox.take(0) is None


def test_a_newer_picture_stands_for_the_one_that_was_due_and_nothing_is_withheld() -> None:
    mailbox = Mailbox(most_withheld=4)
    mailbox.put(_arrival(1.0))
    mailbox.put(_arrival(2.0, is_due=False))
    taken = mailbox.take(0)
    assert taken is not None
    assert (taken.at, taken.is_due, taken.due_at) == (2.0, True, 1.0)
    assert mailbox.take_withheld(9.0) == []


def test_a_picture_that_is_only_looked_at_gives_way_for_nothing() -> None:
    mailbox = Mailbox(most_withheld=4)
    mailbox.put(_arrival(1.0, is_due=False))
    mailbox.put(_arrival(2.0))
    taken = mailbox.take(0)
    assert taken is not None
    assert (taken.at, taken.due_at) == (2.0, 2.0)
    assert mailbox.take_withheld(9.0) == []


def test_what_is_withheld_is_told_in_order_and_once_and_not_before_its_turn() -> None:
    mailbox = Mailbox(most_withheld=4)
    mailbox.put(_arrival(1.0))
    mailbox.withhold(2.0)
    mailbox.put(_arrival(3.0))
    mailbox.withhold(4.0)
    assert mailbox.take_withheld(3.0) == [1.0, 2.0]
    assert mailbox.take_withheld(3.0) == []
    assert mailbox.take_withheld(9.0) == [4.0]


def test_of_too_many_withheld_pictures_the_oldest_are_forgotten() -> None:
    mailbox = Mailbox(most_withheld=2)
    for at in (1.0, 2.0, 3.0):
        mailbox.withhold(at)
    assert mailbox.take_withheld(9.0) == [2.0, 3.0]
