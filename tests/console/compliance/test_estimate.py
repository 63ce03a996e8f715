"""The corrected rate against populations whose truth is known."""

import numpy as np
import pytest

from console.compliance.estimate import Estimate, estimate
from console.compliance.looks import Fates, Judged, Look

# Of masked and of bare faces: the share found and called masked, and found and called bare.
HAAR = ((0.33, 0.0), (0.01, 0.64))
OURS = ((0.97, 0.02), (0.02, 0.89))
DETECTORS = {"haar": HAAR, "ours": OURS}
TRUTHS = (0.2, 0.5, 0.8, 0.95, 0.99)
RUNS = 16  # of each truth


def fates(random: np.random.Generator, faces: int, row: tuple[float, float]) -> Fates:
    called_masked, called_bare, not_found = random.multinomial(faces, [*row, 1 - sum(row)])
    return Fates(int(called_masked), int(called_bare), int(not_found))


def estimated(random: np.random.Generator, detector: str, truth: float, one_look: float, people: int) -> Estimate:
    """A site's people, of whom ``one_look`` are found as a single face is and all others surely, as few measured."""
    masked_row, bare_row = DETECTORS[detector]
    look = Look(fates(random, 312, masked_row), fates(random, 71, bare_row))
    masked = int(random.binomial(people, truth))
    as_faces = random.binomial([masked, people - masked], one_look)
    found_masked, found_bare = fates(random, as_faces[0], masked_row), fates(random, as_faces[1], bare_row)
    called_masked = found_masked.called_masked + found_bare.called_masked + masked - as_faces[0]
    called_bare = found_masked.called_bare + found_bare.called_bare + people - masked - as_faces[1]
    found = estimate((Judged(int(called_masked), int(called_bare), look),))
    assert found is not None
    return found


@pytest.mark.parametrize("one_look", [1.0, 0.5, 0.0])
@pytest.mark.parametrize("detector", DETECTORS)
def test_the_interval_holds_the_truth_however_the_frames_of_a_person_hang_together(
    detector: str, one_look: float
) -> None:
    random = np.random.default_rng(3)
    held = [
        (found := estimated(random, detector, truth, one_look, people=150)).low <= truth <= found.high
        for truth in TRUTHS
        for _ in range(RUNS)
    ]
    assert np.mean(held) >= 0.93


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("truth", TRUTHS)
def test_where_people_are_missed_as_faces_are_the_error_is_near_none(detector: str, truth: float) -> None:
    random = np.random.default_rng(4)
    errors = [estimated(random, detector, truth, 1.0, people=1_000).corrected - truth for _ in range(RUNS)]
    assert abs(np.mean(errors)) < 0.03


def test_half_of_the_people_masked_reads_as_half_behind_a_detector_that_misses_masks() -> None:
    look = Look(Fates(103, 0, 209), Fates(1, 45, 25))
    found = estimate((Judged(165, 325, look),))  # of 500 masked and 500 bare people
    assert found is not None
    assert found.corrected == pytest.approx(0.5, abs=0.02)
    assert found.low < 165 / 490 < found.high


def test_sizes_are_corrected_each_by_its_own_figures() -> None:
    far, near = Look(Fates(30, 0, 70), Fates(0, 60, 40)), Look(Fates(100, 0, 0), Fates(0, 100, 0))
    found = estimate((Judged(30, 60, far), Judged(100, 100, near)))
    assert found is not None
    assert found.corrected == pytest.approx(0.5)


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(Look(Fates(0, 0, 0), Fates(0, 0, 0)), id="nothing was measured"),
        pytest.param(Look(Fates(0, 0, 50), Fates(0, 0, 50)), id="nothing was found"),
        pytest.param(Look(Fates(10, 0, 0), Fates(0, 0, 50)), id="no bare face was found"),
        pytest.param(Look(Fates(20, 20, 0), Fates(20, 20, 0)), id="what is called masked is chance"),
        pytest.param(Look(Fates(1, 20, 0), Fates(20, 1, 0)), id="labels are swapped"),
    ],
)
def test_figures_that_tell_nothing_give_no_rate(look: Look) -> None:
    assert estimate((Judged(10, 10, look),)) is None


def test_nobody_gives_no_rate() -> None:
    assert estimate(()) is None
    assert estimate((Judged(0, 0, Look(Fates(9, 0, 1), Fates(0, 9, 1))),)) is None


@pytest.mark.parametrize(("masked", "bare"), [(1, 0), (0, 1), (1, 1), (10_000_000, 3), (0, 400)])
def test_any_counts_give_rates_in_order(masked: int, bare: int) -> None:
    for look in (Look(Fates(1, 0, 0), Fates(0, 1, 0)), Look(Fates(300, 3, 9), Fates(1, 50, 6))):
        found = estimate((Judged(masked, bare, look),))
        assert found is not None
        assert 0 <= found.low <= found.corrected <= found.high <= 1
        assert found.low <= masked / (masked + bare) <= found.high


def test_one_person_tells_hardly_anything() -> None:
    found = estimate((Judged(1, 0, Look(Fates(300, 3, 9), Fates(1, 50, 6))),))
    assert found is not None
    assert found.high - found.low > 0.7


def test_the_same_counts_give_the_same_rates() -> None:
    groups = (Judged(17, 5, Look(Fates(300, 3, 9), Fates(1, 50, 6))),)
    first = estimate(groups)
    estimate.cache_clear()
    assert estimate(groups) == first
