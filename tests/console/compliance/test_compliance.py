"""From counts and figures to rates, with a word for what is missing."""

from datetime import UTC, datetime

import pytest

from console.compliance import reference
from console.compliance.compliance import compliance
from console.compliance.reference import Reference
from console.counting.counts import Counts
from shared.connections import Servers
from shared.recall import RecallFigures
from shared.streams import RECALL_FIGURES
from worker.shipped_recall import SHIPPED_RECALL

OURS = {"with_mask": {"24-40": {"with_mask": 97, "not_found": 3}}, "without_mask": {"24-40": {"without_mask": 60}}}


def some_figures(detector: str = "maskwatch", model_version: int = 2, fates: object = None) -> RecallFigures:
    content = {"detector": detector, "model_version": model_version, "min_face_px": 24, "min_face_confidence": 0.5}
    measured = {"measured_at": datetime.now(UTC), "photographs": 9, "fates": OURS if fates is None else fates}
    return RecallFigures.model_validate(content | measured)


def the_reference(detector: str = "maskwatch") -> Reference:
    found = reference.reference({}, [(detector, 2)], "maskwatch")
    assert found is not None
    return found


def people(**by_outcome: int) -> Counts:
    return Counts({f"people:{outcome}": number for outcome, number in by_outcome.items()})


def test_who_cannot_be_judged_is_left_out_and_told() -> None:
    found = compliance(people(with_mask=6, without_mask=2, incorrect_mask=1, cannot_tell=5), the_reference())
    assert (found.masked, found.judged, found.cannot_tell) == (6, 9, 5)
    assert found.raw == pytest.approx(2 / 3)


@pytest.mark.parametrize("counts", [people(), people(cannot_tell=3), people(with_mask=-1)])
def test_nobody_judged_is_no_rate_and_says_so(counts: Counts) -> None:
    found = compliance(counts, the_reference())
    assert (found.raw, found.corrected, found.low, found.high) == (None, None, None, None)
    assert found.notes == ("nobody was judged",)
    assert found.as_line == "-"


def test_without_figures_the_raw_rate_stands_alone_and_says_why() -> None:
    found = compliance(people(with_mask=3, without_mask=1), None)
    assert (found.raw, found.corrected) == (0.75, None)
    assert "evaluate --boxes DIR --publish" in found.notes[0]
    assert found.as_line == "75% raw"


def test_sizes_that_cannot_be_are_not_believed() -> None:
    counts = people(with_mask=3, without_mask=1).values
    found = compliance(Counts({**counts, "people_by_size:80+:with_mask": 900}), the_reference())
    assert (found.judged, found.raw) == (4, 0.75)
    assert found.corrected is not None


def test_haar_s_people_are_corrected_upwards() -> None:
    found = compliance(people(with_mask=33, without_mask=65), the_reference("haar"))
    assert found.corrected is not None
    assert found.corrected > 0.45


def test_figures_of_another_model_are_used_and_flagged() -> None:
    published = {"maskwatch": some_figures(model_version=2)}
    found = reference.reference(published, [("haar", 3), ("maskwatch", 3)], "maskwatch")
    assert found is not None
    assert found.figures is SHIPPED_RECALL["haar"]
    found = reference.reference(published, [("maskwatch", 3)], "maskwatch")
    assert found is not None
    assert found.figures is published["maskwatch"]
    assert found.notes == ("measured with model 2, judged by 3",)


def test_who_judges_is_told_where_nobody_does_or_several_do() -> None:
    nobody = reference.reference({}, [], "maskwatch")
    assert nobody is not None
    assert "no worker runs" in nobody.notes[0]
    both = reference.reference({}, [("haar", 2), ("maskwatch", 2)], "maskwatch")
    assert both is not None
    assert any("judged also by maskwatch" in note for note in both.notes)
    assert reference.reference({}, [("of-their-own", 1)], "maskwatch") is None


def test_published_garbage_is_passed_over(servers: Servers) -> None:
    good = some_figures().model_dump_json()
    servers.state.hset(RECALL_FIGURES, mapping={"maskwatch": good, "haar": "{", b"\xff": "[]"})
    assert list(reference.published(servers.state)) == ["maskwatch"]


def test_a_size_with_few_faces_borrows_from_all() -> None:
    found = the_reference().looks
    assert found.of(None) is found.of_all
    few = {"with_mask": OURS["with_mask"], "without_mask": {"80+": {"without_mask": 60}}}
    borrowed = reference.reference({"maskwatch": some_figures(fates=few)}, [("maskwatch", 2)], "maskwatch")
    assert borrowed is not None
    assert borrowed.looks.of_size == ()


def test_the_shipped_figures_count_the_faces_of_the_test_set() -> None:
    for figures in SHIPPED_RECALL.values():
        of_label = {label: sum(each.faces for each in sizes.values()) for label, sizes in figures.fates.items()}
        assert list(of_label.values()) == [312, 57, 14]
