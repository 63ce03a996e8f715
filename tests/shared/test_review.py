import json
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from shared.messages import Box, Label, Violation, ViolationState
from shared.review import MAX_PICTURE_BYTES, ReviewFolder
from shared.review_item import ReviewItem, Why, unsure_item, wrong_item
from tests.builders import BEGIN, a_detection, a_result
from tests.review import a_crop, an_item, fill

AGES = timedelta(days=30)


@pytest.fixture
def folder(tmp_path: Path) -> ReviewFolder:
    return ReviewFolder(tmp_path / "review")


def _ids(items: list[ReviewItem]) -> list[str]:
    return [each.id for each in items]


def _change(folder: ReviewFolder, item: ReviewItem, **fields: object) -> None:
    path = folder.root / f"{item.id}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_items_come_back_as_they_were_put_in_oldest_first(folder: ReviewFolder) -> None:
    late, early = an_item(7), an_item(3)
    assert folder.add(late, a_crop())
    assert folder.add(early, a_crop())
    assert folder.items() == [early, late]
    assert folder.picture(early) == a_crop()


def test_a_folder_that_is_not_there_holds_nothing(folder: ReviewFolder) -> None:
    assert folder.items() == []
    assert folder.count() == 0


def test_only_the_owner_may_read(folder: ReviewFolder) -> None:
    fill(folder, an_item())
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.root.iterdir()} == {0o600}


def test_a_replay_gives_the_same_id_and_keeps_the_operators_label(folder: ReviewFolder) -> None:
    fill(folder, an_item(), label=Label.WITHOUT_MASK)
    assert not folder.add(an_item(), a_crop())
    assert [each.label for each in folder.items()] == [Label.WITHOUT_MASK]


def test_a_label_is_kept_with_its_instant(folder: ReviewFolder) -> None:
    fill(folder, an_item())
    folder.label(an_item(), "not_a_face", BEGIN)
    (item,) = folder.items()
    assert (item.label, item.labelled_at) == ("not_a_face", BEGIN)


def test_an_erased_item_leaves_no_file(folder: ReviewFolder) -> None:
    fill(folder, an_item(), an_item(5))
    folder.erase(an_item().id)
    assert _ids(folder.items()) == [an_item(5).id]
    assert len(list(folder.root.iterdir())) == 2


def test_half_items_are_passed_over_and_written_again(folder: ReviewFolder) -> None:
    fill(folder, an_item(), an_item(5))
    folder.picture_path(an_item(0).id).unlink()
    (folder.root / f"{an_item(5).id}.json").unlink()
    assert folder.items() == []
    assert folder.add(an_item(), a_crop())
    assert _ids(folder.items()) == [an_item().id]


def _link(path: Path) -> None:
    elsewhere = path.parent.parent / path.name
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("suffix", [".jpg", ".json"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\x00{[" * 10),
        lambda path: path.write_bytes(path.read_bytes()[:20]),
        lambda path: path.write_bytes(path.read_bytes() + b" " * MAX_PICTURE_BYTES),
        _link,
        _pipe,
        _folder,
    ],
    ids=["empty", "garbage", "cut", "too large", "a link", "a pipe", "a folder"],
)
def test_spoilt_files_are_passed_over(folder: ReviewFolder, spoil: "object", suffix: str) -> None:
    fill(folder, an_item(), an_item(5))
    assert callable(spoil)
    spoil(folder.root / f"{an_item().id}{suffix}")
    assert _ids(folder.items()) == [an_item(5).id]
    assert _ids(folder.prune(BEGIN, 10, AGES)) == [an_item(5).id]


@pytest.mark.parametrize(
    "fields",
    [
        {"id": an_item(5).id},
        {"id": "../../gate-unsure"},
        {"camera": "../gate"},
        {"face": [0, 0, 1e9, 1e9]},
        {"face": [50, 50, 40, 60]},
        {"box": [0, 0, None, 5]},
        {"confidence": 7},
        {"label": "perhaps"},
        {"captured_at": "0001-01-01T00:00:00+00:00"},
        {"detector": "\x1b[2J"},
        {"schema_version": 2},
    ],
    ids=str,
)
def test_what_an_item_may_not_say_is_passed_over(folder: ReviewFolder, fields: dict[str, object]) -> None:
    fill(folder, an_item())
    _change(folder, an_item(), **fields)
    assert folder.items() == []


def test_other_peoples_files_are_passed_over_and_stay(folder: ReviewFolder) -> None:
    fill(folder, an_item())
    foreign = {"holiday.jpg", "notes.json", ".hidden-unsure.json", "x-unsure.txt", f"{an_item(9).id}.jpeg"}
    for name in foreign:
        (folder.root / name).write_bytes(a_crop())
    assert _ids(folder.items()) == [an_item().id]
    folder.prune(BEGIN + 2 * AGES, 1, AGES)
    folder.erase_half()
    assert {path.name for path in folder.root.iterdir()} == foreign


@pytest.mark.parametrize("item_id", ["../x-unsure", "a/b-unsure", "", ".", "x", "gate-unsure\n"])
def test_a_name_that_is_no_id_is_never_looked_up(folder: ReviewFolder, item_id: str) -> None:
    assert folder.item(item_id) is None


def test_the_oldest_unlabelled_go_first_and_labelled_ones_stay(folder: ReviewFolder) -> None:
    labelled = fill(folder, an_item(0), an_item(1), label=Label.WITH_MASK)
    unlabelled = fill(folder, *(an_item(n) for n in range(2, 10)))
    kept = folder.prune(BEGIN, 3, AGES)
    assert _ids(kept) == _ids(folder.items()) == labelled + unlabelled[-3:]


def test_labelled_ones_are_bounded_too(folder: ReviewFolder) -> None:
    fill(folder, *(an_item(n) for n in range(4)))
    labelled = fill(folder, *(an_item(n) for n in range(10, 20)), label=Label.WITH_MASK)
    assert _ids(folder.prune(BEGIN, 3, AGES))[-3:] == labelled[-3:]
    assert folder.count() == 6


@pytest.mark.parametrize("label", [None, Label.WITH_MASK])
def test_no_face_is_kept_for_longer_than_its_time(folder: ReviewFolder, label: Label | None) -> None:
    fill(folder, an_item(0), label=label)
    fill(folder, an_item(5 * 3600), label=label)  # an hour later
    assert _ids(folder.prune(BEGIN + AGES + timedelta(minutes=1), 10, AGES)) == [an_item(5 * 3600).id]
    assert len(list(folder.root.iterdir())) == 2


def test_an_instant_far_ahead_keeps_no_face_for_ever(folder: ReviewFolder) -> None:
    fill(folder, an_item())
    _change(folder, an_item(), captured_at="2199-01-01T00:00:00+00:00")
    assert folder.prune(BEGIN, 10, AGES) == []


def test_what_a_killed_writer_left_goes_when_nobody_can_be_at_it(folder: ReviewFolder) -> None:
    fill(folder, an_item(), an_item(5))
    (folder.root / f"{an_item().id}.json").unlink()
    staged = folder.root / ".review-abc"
    staged.write_bytes(b"half")
    folder.prune(BEGIN, 10, AGES)
    assert staged.exists()
    two_days_ago = staged.stat().st_mtime - 172_800
    for path in folder.root.iterdir():
        os.utime(path, (two_days_ago, two_days_ago))
    folder.prune(BEGIN, 10, AGES)
    assert {path.stem for path in folder.root.iterdir()} == {an_item(5).id}


def test_a_write_that_fails_leaves_nothing_behind(folder: ReviewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.add(an_item(), a_crop())
    assert list(folder.root.iterdir()) == []


def test_an_unsure_face_keeps_where_it_comes_from() -> None:
    detection = a_detection(label=Label.WITH_MASK, confidence=0.6)
    item = unsure_item(a_result(4, a_detection(x=900), detection, epoch=2), 1, Box(1, 2, 3, 4))
    assert item.id == "gate-20260101T000000-2-4-1-unsure"
    assert (item.epoch, item.sequence, item.box) == (2, 4, detection.box)
    assert (item.model_label, item.confidence, item.why) == (Label.WITH_MASK, 0.6, Why.LOW_CONFIDENCE)


def test_a_wrong_violation_has_a_name_that_is_no_path() -> None:
    violation = Violation(
        id="gate:1/../2",
        camera="gate",
        state=ViolationState.ENDED,
        first_seen=BEGIN,
        opened_at=BEGIN,
        last_seen=BEGIN,
        confidence=0.9,
        observations=3,
        box=Box(0, 0, 10, 10),
        model_version=1,
        detector="haar",
    )
    item = wrong_item(violation, Box(0, 0, 5, 5))
    assert (item.id, item.violation) == ("gate-1-..-2-wrong", "gate:1/../2")
