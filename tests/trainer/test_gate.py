"""What may be served: not worse than what is, overall, on any source and on any label."""

from hypothesis import given
from hypothesis import strategies as st

from shared.messages import Label
from trainer.gate import GateMargins, Verdict, judge_candidate

MARGINS = GateMargins()


def verdicts(source: str, label: Label, right: int, faces: int) -> list[Verdict]:
    return [Verdict(source, label, number < right) for number in range(faces)]


def holdout(gate: tuple[int, int] = (990, 980), hall: tuple[int, int] = (98, 97)) -> list[Verdict]:
    """1,000 faces of each label from the gate, 100 of each from the hall; so many masked and bare ones right."""
    return [
        *verdicts("gate", Label.WITH_MASK, gate[0], 1000),
        *verdicts("gate", Label.WITHOUT_MASK, gate[1], 1000),
        *verdicts("hall", Label.WITH_MASK, hall[0], 100),
        *verdicts("hall", Label.WITHOUT_MASK, hall[1], 100),
    ]


def test_the_same_answers_pass() -> None:
    record = judge_candidate(holdout(), holdout(), MARGINS, 3)
    assert record.passed
    assert record.compared_with == 3
    assert record.reasons == ()


def test_a_version_that_is_worse_overall_does_not_pass() -> None:
    record = judge_candidate(holdout(gate=(975, 970)), holdout(), MARGINS)
    assert [reason.split(":")[0] for reason in record.reasons] == ["overall"]
    assert "97.3% instead of 98.4% of 2200 faces" in record.reasons[0]


def test_a_version_that_is_better_overall_but_worse_on_one_source_does_not_pass() -> None:
    record = judge_candidate(holdout(gate=(999, 999), hall=(90, 90)), holdout(), MARGINS)
    assert [reason.split(":")[0] for reason in record.reasons] == ["source hall"]


def test_a_version_that_calls_everything_masked_does_not_pass() -> None:
    record = judge_candidate(holdout(gate=(1000, 0), hall=(100, 0)), holdout(), MARGINS)
    assert "without_mask" in {reason.split(":")[0] for reason in record.reasons}


def test_one_face_of_a_small_source_decides_nothing_and_two_do() -> None:
    small = [*holdout(), *verdicts("lift", Label.WITH_MASK, 20, 20)]
    one = [*holdout(), *verdicts("lift", Label.WITH_MASK, 19, 20)]
    two = [*holdout(), *verdicts("lift", Label.WITH_MASK, 18, 20)]
    assert judge_candidate(one, small, MARGINS).passed
    assert not judge_candidate(two, small, MARGINS).passed


def test_a_version_that_calls_everything_masked_does_not_pass_however_few_are_bare() -> None:
    masked = verdicts("gate", Label.WITH_MASK, 2000, 2000)
    current = [*masked, *verdicts("gate", Label.WITHOUT_MASK, 9, 9)]
    record = judge_candidate([*masked, *verdicts("gate", Label.WITHOUT_MASK, 0, 9)], current, MARGINS)
    assert [reason.split(":")[0] for reason in record.reasons] == ["without_mask"]


def test_nobody_passes_on_labels_that_the_served_version_contradicts() -> None:
    record = judge_candidate(holdout(), holdout(gate=(10, 10), hall=(2, 2)), MARGINS)
    assert not record.passed
    assert "labels swapped" in record.reasons[0]


def test_a_first_version_must_be_good_by_itself() -> None:
    assert judge_candidate(holdout(), None, MARGINS).passed
    record = judge_candidate(holdout(gate=(1000, 300), hall=(100, 30)), None, MARGINS)
    assert not record.passed
    assert record.compared_with is None


def test_a_holdout_too_small_to_compare_on_lets_nobody_pass() -> None:
    few = [*verdicts("gate", Label.WITH_MASK, 4, 4), *verdicts("gate", Label.WITHOUT_MASK, 5, 5)]
    for record in (judge_candidate(few, few, MARGINS, 3), judge_candidate([], [], MARGINS)):
        assert not record.passed
        assert "too few to compare on: at least 10" in record.reasons[0]


def test_an_empty_holdout_lets_no_first_version_pass() -> None:
    assert not judge_candidate([], None, MARGINS).passed


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([*Label]), st.booleans()), min_size=30, max_size=90))
def test_a_version_that_gets_all_right_passes_whenever_the_labels_can_be_trusted(
    rows: list[tuple[str, Label, bool]],
) -> None:
    current = [Verdict(*row) for row in rows]
    perfect = [Verdict(source, label, True) for source, label, _ in rows]
    trusting = MARGINS.model_copy(update={"least_trust": 0.0})
    assert judge_candidate(perfect, current, trusting).passed
