import random

import pytest

from worker.batching import FEWEST_FRAMES, FIRST_FRAMES, MOST_FRAMES, MOST_SECONDS, BatchPolicy


def learnt(fixed_s: float, frame_s: float, given: int = 0, noise: float = 0.1) -> BatchPolicy:
    policy, rng = BatchPolicy(given, 0.05), random.Random(1)
    for _ in range(200):
        frames = rng.randint(1, max(policy.limit, 2))
        seconds = (fixed_s + frames * frame_s) * rng.uniform(1 - noise, 1 + noise)
        policy.judged(frames, seconds, seconds)
    return policy


@pytest.mark.parametrize(
    ("fixed_s", "frame_s", "low", "high"),
    [
        pytest.param(0.004, 0.008, 4, 9, id="a usual worker: a few"),
        pytest.param(0.004, 0.002, 15, 40, id="quick frames: many share what a batch costs"),
        pytest.param(0.0, 0.008, FEWEST_FRAMES, 4, id="nothing to share: few"),
        pytest.param(0.02, 0.04, FEWEST_FRAMES, 4, id="a slow machine: no more than are in time"),
        pytest.param(0.02, 0.0001, 30, MOST_FRAMES, id="hardly any cost a frame: as many as may be"),
    ],
)
def test_the_limit_follows_from_what_batches_cost(fixed_s: float, frame_s: float, low: int, high: int) -> None:
    limit = learnt(fixed_s, frame_s).limit
    assert low <= limit <= high
    assert limit <= FEWEST_FRAMES or fixed_s + limit * frame_s <= 1.3 * MOST_SECONDS


def test_before_anything_is_known_and_where_it_is_given_the_limit_stands() -> None:
    assert BatchPolicy(0, 0.05).limit == FIRST_FRAMES
    assert learnt(0.004, 0.002, given=5).limit == 5


def test_a_frame_waits_for_others_only_where_some_are_to_be_expected() -> None:
    alone, among_many = BatchPolicy(0, 0.05), BatchPolicy(0, 0.05)
    for _ in range(50):
        alone.judged(1, 0.01, 0.2)
        among_many.judged(4, 0.04, 0.04)
    assert (alone.wait_s, among_many.wait_s) == (0.0, 0.05)


def test_batches_that_are_all_alike_leave_a_limit_that_is_in_time() -> None:
    policy = BatchPolicy(0, 0.05)
    for _ in range(100):
        policy.judged(8, 0.08, 0.1)
    assert FEWEST_FRAMES <= policy.limit <= 18
