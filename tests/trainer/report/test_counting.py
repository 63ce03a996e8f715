"""What was prepared and how it was split, in numbers."""

from pathlib import Path

from shared.messages import Label
from trainer.crops import Dropped
from trainer.data_set import Face
from trainer.report.counting import preparation, split_report

BARE, MASKED = Label.WITHOUT_MASK, Label.WITH_MASK


def a_face(label: Label, source: str = "gate", cluster: str = "1") -> Face:
    return Face(Path("a.jpg"), source, label, cluster)


def test_what_was_dropped_is_counted_by_reason() -> None:
    reasons = ["no face found", "duplicate of gate/a.jpg", "no face found"]
    found = preparation(7, [Dropped(Path("a.jpg"), reason) for reason in reasons], "yunet.onnx")
    assert (found.found, found.usable, found.duplicates) == (10, 7, 1)
    assert found.dropped == {"no face found": 2, "duplicate": 1}


def test_a_split_is_counted_by_part_source_and_label() -> None:
    train = [a_face(MASKED), a_face(MASKED), a_face(MASKED, cluster="2"), a_face(BARE, "hall", "3")]
    found = split_report({"train": train, "test": [a_face(BARE, cluster="4")]}, 1, 5, 0)
    assert found.clusters == {"train": 3, "test": 1}
    assert [(row.part, row.source, row.label, row.faces, row.clusters) for row in found.faces] == [
        ("train", "gate", MASKED, 3, 2),
        ("train", "hall", BARE, 1, 1),
        ("test", "gate", BARE, 1, 1),
    ]
    assert found.total("train") == 4
