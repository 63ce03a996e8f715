from itertools import pairwise

import pytest

from shared.messages import Label
from tests.builders import a_detection
from worker.events.vote import MAX_SCORE, Vote

BARE = a_detection(label=Label.WITHOUT_MASK)
MASKED = a_detection(label=Label.WITH_MASK)


def test_a_second_of_bare_frames_weighs_the_same_at_any_frame_rate() -> None:
    slow, fast = Vote(), Vote()
    for _ in range(5):
        slow.add(BARE, 1.0, 0.2)
    for _ in range(25):
        fast.add(BARE, 1.0, 0.04)
    assert fast.score == pytest.approx(slow.score)


def test_one_wrong_label_changes_little() -> None:
    vote = Vote()
    for _ in range(10):
        vote.add(MASKED, 1.0, 0.2)
    vote.add(BARE, 1.0, 0.2)
    assert vote.score < -3


def test_who_takes_the_mask_off_is_seen_to_after_two_seconds_however_long_it_was_on() -> None:
    vote = Vote()
    for _ in range(1000):
        vote.add(MASKED, 1.0, 0.2)
    for _ in range(10):
        vote.add(BARE, 1.0, 0.2)
    assert vote.score > 2


def test_a_label_that_the_classifier_is_not_sure_of_says_nothing() -> None:
    vote = Vote()
    vote.add(a_detection(confidence=0.5), 1.0, 0.2)
    assert vote.score == 0


def test_an_observation_without_weight_says_nothing() -> None:
    vote = Vote()
    vote.add(BARE, 0.0, 0.2)
    assert (vote.score, vote.observations) == (0, 1)


def test_the_score_stays_within_its_bounds() -> None:
    vote = Vote()
    scores = []
    for _ in range(100):
        vote.add(BARE, 1.0, 10.0)
        scores.append(vote.score)
    assert scores[-1] == MAX_SCORE
    assert all(a <= b for a, b in pairwise(scores))
