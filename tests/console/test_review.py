import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from console.command import run
from shared.connections import Servers
from shared.messages import Label
from shared.review import ReviewFolder
from shared.streams import CAMERAS
from tests.console.builders import KEYS, a_camera, attach
from tests.console.test_violations import open_violation
from tests.review import a_crop, an_item, fill
from trainer.data_set import labelled_faces as training_faces
from worker.labelled_data import labelled_faces as evaluation_faces

Review = Callable[..., int]
LATER = 5 * 3600  # frames of an hour


@pytest.fixture
def folder(tmp_path: Path) -> ReviewFolder:
    made = ReviewFolder(tmp_path / "data" / "review")
    made.root.mkdir(parents=True)
    return made


@pytest.fixture
def review(tmp_path: Path) -> Review:
    def call(*arguments: str) -> int:
        return run(["review", *arguments, "--data", str(tmp_path / "data")])

    return call


def _lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def _error(capsys: pytest.CaptureFixture[str]) -> str:
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_faces_are_listed_oldest_first(
    folder: ReviewFolder, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = fill(folder, an_item(9), an_item(2))
    assert review("list") == 0
    lines = _lines(capsys)
    assert [line.split()[-1] for line in lines] == ids[::-1]
    assert "with_mask 60% sure  unlabelled  low_confidence" in lines[0]


def test_the_list_can_be_limited_and_read_by_programs(
    folder: ReviewFolder, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(folder, an_item(0), an_item(1, camera="lobby"))
    fill(folder, an_item(2), label=Label.WITH_MASK)
    assert review("list", "--json", "--unlabelled", "--camera", "gate") == 0
    assert [json.loads(line)["id"] for line in _lines(capsys)] == [an_item(0).id]


def test_without_a_system_or_a_folder_there_is_nothing_to_list(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review("list", "--json") == 0
    assert _lines(capsys) == []


def test_any_folder_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(ReviewFolder(tmp_path / "elsewhere"), an_item())
    assert run(["review", "list", "--folder", str(tmp_path / "elsewhere")]) == 0
    assert len(_lines(capsys)) == 1


def test_the_settings_may_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(ReviewFolder(tmp_path / "elsewhere"), an_item())
    monkeypatch.setenv("MASKWATCH_REVIEW", str(tmp_path / "elsewhere"))
    assert run(["review", "list"]) == 0
    assert len(_lines(capsys)) == 1


def test_several_faces_are_labelled_at_once(folder: ReviewFolder, review: Review) -> None:
    ids = fill(folder, an_item(0), an_item(1))
    assert review("label", *ids, "not_a_face") == 0
    assert [item.label for item in folder.items()] == ["not_a_face"] * 2
    assert all(item.labelled_at for item in folder.items())


def test_a_face_shows_its_picture_and_where_it_comes_from(
    folder: ReviewFolder, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    (face,) = fill(folder, an_item(4))
    assert review("show", face) == 0
    shown = dict(line.split(": ", 1) for line in _lines(capsys))
    assert Path(shown["picture"]).read_bytes() == a_crop()
    assert (shown["camera"], shown["sequence"]) == ("gate", "4")
    assert review("show", face, "--json") == 0
    assert json.loads(_lines(capsys)[0])["detector"] == "haar"


# What is wrong, the command, and what the line says.
MISTAKES = {
    "a face that is not there": ("show x-unsure", "there is no face 'x-unsure'"),
    "a path for an id": ("show ../../x-unsure", "there is no face"),
    "no label": ("label {face} masked", "'masked' is no label: give one of with_mask"),
    "one face of several that is not there": ("label {face} x-unsure with_mask", "there is no face 'x-unsure'"),
    "erasing nothing in particular": ("erase", "say which faces"),
    "erasing all of one camera": ("erase --all --camera gate", "say which faces"),
    "an end that is no instant": ("erase --until tomorrow", "--until 'tomorrow' is neither"),
    "a time before all times": ("erase --since 999999d", "--since '999999d' is neither"),
    "nobody to ask": ("erase --all", "give --yes"),
    "an export of nothing": ("export out", "no face in"),
    "no such folder": ("list --folder missing", "there is no folder missing"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line_and_changes_nothing(
    mistake: str, folder: ReviewFolder, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    (face,) = fill(folder, an_item())
    command, expected = MISTAKES[mistake]
    assert review(*command.format(face=face).split()) == 2
    assert expected in _error(capsys)
    assert folder.items() == [an_item()]


def test_a_folder_that_is_none_is_one_line(
    folder: ReviewFolder, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.root.rmdir()
    folder.root.write_bytes(b"")
    assert review("list") == 2
    assert "cannot be used" in _error(capsys)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--camera", "lobby"], [0, LATER]),
        (["--since", "2026-01-01T00:30+00:00"], [0, 1]),
        (["--until", "2026-01-01T00:30+00:00"], [LATER]),
        (["--camera", "gate", "--until", "2026-01-01T00:30+00:00"], [1, LATER]),
        (["--id", an_item(0).id], [1, LATER]),
        (["--all"], []),
    ],
    ids=str,
)
def test_faces_are_erased_labelled_or_not(
    options: list[str], kept: list[int], folder: ReviewFolder, review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(folder, an_item(0), an_item(1, camera="lobby"))
    fill(folder, an_item(LATER), label=Label.WITH_MASK)
    assert review("erase", *options, "--yes") == 0
    assert _lines(capsys) == [f"{3 - len(kept)} faces erased"]
    assert [item.sequence for item in folder.items()] == kept
    assert len(list(folder.root.iterdir())) == 2 * len(kept)


def test_erasing_all_leaves_no_half_face_and_no_strangers_file(folder: ReviewFolder, review: Review) -> None:
    fill(folder, an_item(0), an_item(1))
    (folder.root / f"{an_item(0).id}.json").unlink()
    (folder.root / "notes.txt").write_text("mine")
    assert review("erase", "--all", "--yes") == 0
    assert [path.name for path in folder.root.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(("answer", "code", "left"), [("n\n", 1, 1), ("y\n", 0, 0)])
def test_the_operator_is_asked(
    answer: str, code: int, left: int, folder: ReviewFolder, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folder, an_item())
    monkeypatch.setattr("console.confirming.sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("console.confirming.typer.confirm", lambda question: answer == "y\n" and "1 faces" in question)
    assert review("erase", "--all") == code
    assert len(folder.items()) == left


def _export(folder: ReviewFolder, review: Review, out: Path) -> None:
    fill(folder, an_item(0), an_item(1), label=Label.WITH_MASK)
    fill(folder, an_item(2), label=Label.WITHOUT_MASK)
    fill(folder, an_item(3), label="not_a_face")
    fill(folder, an_item(4))
    assert review("export", str(out)) == 0


def test_an_export_is_a_data_folder_for_training_and_evaluation(
    folder: ReviewFolder, review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    _export(folder, review, out)
    assert _lines(capsys) == [f"4 faces in {out}: 1 background, 2 with_mask, 1 without_mask"]
    with (out / "manifest.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["file", "source", "label", "cluster"]
    assert [face.label for face in training_faces(out)] == ["with_mask", "with_mask", "without_mask", "background"]
    assert [face.label for face in evaluation_faces(out)] == ["with_mask", "with_mask", "without_mask"]
    assert all(face.file.is_file() and face.source == "corrections" for face in training_faces(out))
    assert len(list((out / "corrections" / "background").iterdir())) == 1


def test_an_exported_face_is_cut_as_the_classifier_sees_it(
    folder: ReviewFolder, review: Review, tmp_path: Path
) -> None:
    _export(folder, review, tmp_path / "out")
    (picture,) = (tmp_path / "out" / "corrections" / "without_mask").iterdir()
    decoded = cv2.imdecode(np.frombuffer(picture.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == (78, 78, 3)  # of 60 px


def test_exported_faces_are_their_owners_alone(folder: ReviewFolder, review: Review, tmp_path: Path) -> None:
    _export(folder, review, tmp_path / "out")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_second_export_adds_to_the_first(folder: ReviewFolder, review: Review, tmp_path: Path) -> None:
    _export(folder, review, tmp_path / "out")
    assert review("label", an_item(4).id, "with_mask") == 0
    assert review("export", str(tmp_path / "out")) == 0
    assert len(training_faces(tmp_path / "out")) == 5


@pytest.mark.parametrize(
    "stranger", ["manifest.csv", f"corrections/with_mask/{an_item(0).id}.jpg"], ids=["a manifest", "a picture"]
)
def test_an_export_overwrites_nothing_of_somebody_else(
    stranger: str, folder: ReviewFolder, review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out" / stranger
    path.parent.mkdir(parents=True)
    path.write_text("file,source,label\na.jpg,mine,with_mask\n")
    fill(folder, an_item(0), an_item(1), label=Label.WITH_MASK)
    assert review("export", str(tmp_path / "out")) == 2
    assert f"{path} is there already" in _error(capsys)
    assert [each for each in (tmp_path / "out").rglob("*") if each.is_file()] == [path]
    assert "mine" in path.read_text()


def test_an_export_to_a_place_that_cannot_be_written_is_one_line(
    folder: ReviewFolder, review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    fill(folder, an_item(), label=Label.WITH_MASK)
    assert review("export", str(tmp_path / "file")) == 2
    assert "cannot be written" in _error(capsys)


@pytest.fixture
def wrong(servers: Servers, redis_url: str, folder: ReviewFolder) -> Review:
    attach(servers, a_camera())
    violation = open_violation(servers, "gate-1-0-0", at=datetime.now(UTC))
    servers.state.hset(KEYS.snapshot_faces("gate"), violation.id, a_crop(160))

    def call(*arguments: str) -> int:
        return run(["review", "wrong", *arguments, "--redis", redis_url, "--folder", str(folder.root)])

    return call


def test_a_wrong_violation_comes_with_its_picture_and_label(wrong: Review, folder: ReviewFolder) -> None:
    assert wrong("gate-1-0-0", "--label", "with_mask") == 0
    (item,) = folder.items()
    assert (item.why, item.violation, item.label) == ("marked_wrong", "gate-1-0-0", "with_mask")
    assert item.face == (30, 30, 130, 130)
    assert folder.picture(item) == a_crop(160)


def test_a_wrong_violation_is_dismissed_unless_only_its_label_is_wrong(wrong: Review, servers: Servers) -> None:
    assert wrong("gate-1-0-0", "--label", "incorrect_mask") == 0
    assert not servers.state.exists(KEYS.dismissals("gate"))
    assert wrong("gate-1-0-0", "--label", "with_mask") == 0
    assert wrong("gate-1-0-0", "--label", "with_mask") == 0
    assert servers.state.hget(KEYS.counts("gate"), "dismissed") == b"1"


def test_a_wrong_violation_may_be_labelled_later_and_keeps_its_label(wrong: Review, folder: ReviewFolder) -> None:
    assert wrong("gate-1-0-0") == 0
    assert [item.label for item in folder.items()] == [None]
    assert wrong("gate-1-0-0", "--label", "not_a_face") == 0
    assert wrong("gate-1-0-0") == 0
    assert [item.label for item in folder.items()] == ["not_a_face"]


def test_a_violation_of_a_removed_camera_can_be_wrong_too(
    wrong: Review, folder: ReviewFolder, servers: Servers
) -> None:
    servers.state.delete(CAMERAS)
    assert wrong("gate-1-0-0") == 0
    assert len(folder.items()) == 1


def test_what_a_person_has_marked_outlives_what_the_model_was_unsure_of(
    wrong: Review, folder: ReviewFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKWATCH_REVIEW_MAX_ITEMS", "2")
    ahead = datetime.now(UTC).replace(microsecond=0)
    newer = [an_item(n).model_copy(update={"captured_at": ahead}) for n in range(3)]
    fill(folder, *newer)
    assert wrong("gate-1-0-0") == 0
    assert {item.why for item in folder.items()} == {"marked_wrong", "low_confidence"}
    assert len(folder.items()) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (["gate-9-9-9"], 2, "there is no violation 'gate-9-9-9'"),
        (["gate-1-0-0", "--label", "bare"], 2, "'bare' is no label"),
    ],
    ids=["no such violation", "no label"],
)
def test_what_cannot_be_marked_wrong_is_one_line(
    arguments: list[str], code: int, expected: str, wrong: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wrong(*arguments) == code
    assert expected in _error(capsys)


@pytest.mark.parametrize(("picture", "expected"), [(None, "has expired"), (b"a jpeg", "is damaged")])
def test_a_violation_without_a_picture_is_one_line(
    picture: bytes | None, expected: str, wrong: Review, servers: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    key = KEYS.snapshot_faces("gate")
    servers.state.delete(key)
    if picture:
        servers.state.hset(key, "gate-1-0-0", picture)
    assert wrong("gate-1-0-0") == 1
    assert expected in _error(capsys)
