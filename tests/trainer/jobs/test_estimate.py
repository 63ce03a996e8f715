import pytest

from trainer.jobs.estimate import USUAL_SHARES, Estimate


def test_usual_shares_make_a_whole() -> None:
    assert sum(USUAL_SHARES.values()) == pytest.approx(1)


def test_the_rest_follows_from_the_pace_of_the_step_and_the_share_of_later_ones() -> None:
    estimate = Estimate(0.0)
    estimate.update("reading pictures", 50, 100, now=4.0)
    usual = USUAL_SHARES["reading pictures"]
    assert estimate.share == pytest.approx(usual / 2)
    # Four seconds for the rest of a step that takes eight, and what usually comes after it.
    assert estimate.seconds_left == pytest.approx(4 + 8 / usual * (1 - usual))


def test_nothing_is_promised_before_anything_is_done() -> None:
    estimate = Estimate(0.0)
    estimate.update("starting", 0, 0, now=0.1)
    assert estimate.seconds_left is None


def test_the_share_done_never_falls() -> None:
    estimate = Estimate(0.0)
    shares = []
    for step, done, total in [
        ("measuring", 5, 10),
        ("measuring", 0, 3),
        ("a step that nobody knows", 1, 2),
        ("publishing", 1, 1),
    ]:
        estimate.update(step, done, total, now=10.0)
        shares.append(estimate.share)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_at_the_end_nothing_is_left() -> None:
    estimate = Estimate(0.0)
    estimate.update("publishing", 1, 1, now=60.0)
    assert estimate.seconds_left == pytest.approx(0, abs=0.01)
