"""`maskwatch evaluate` as a user calls it, on scenes that are drawn here."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from console.command import run
from deploy.local.shipped_models import SHIPPED
from producer.sources.demo.scene import draw
from shared.connections import Servers

# Scripts read these of a single detector's report, and what they mean does not change.
LASTING = {
    "images", "faces", "recall", "rightly_labelled", "precision", "false_faces_per_image", "true_compliance",
    "reported_compliance", "compliance_bias", "milliseconds_per_image",
}  # fmt: skip
FACE = [250, 60, 350, 200]


@pytest.fixture(autouse=True)
def _photographs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a drawn person and an empty wall, and annotations; the face's box need not be exact."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    (tmp_path / "photos").mkdir()
    cv2.imwrite("photos/person.png", draw(False, 20))
    cv2.imwrite("photos/wall.png", np.full((120, 160, 3), 90, np.uint8))
    person = {"image": "person.png", "boxes": [{"label": "without_mask", "box": FACE}]}
    write_boxes(person, {"image": "wall.png", "boxes": []})


def write_boxes(*photographs: object) -> None:
    Path("photos/boxes.json").write_text(json.dumps(photographs))


def evaluate(*arguments: str) -> int:
    return run(["evaluate", "--boxes", "photos", "--registry", str(SHIPPED), *arguments])


def report(path: str = "out.json") -> dict[str, Any]:
    found = json.loads(Path(path).read_text())
    assert isinstance(found, dict)
    return found


def test_a_single_report_is_flat_and_keeps_its_lasting_names() -> None:
    assert evaluate("--json", "out.json") == 0
    found = report()
    assert found.keys() >= LASTING
    assert set(found["recall"]["without_mask"]) == {"24-40", "40-80", "80+", "all"}
    assert found["recall"]["without_mask"]["all"].keys() == {"faces", "found", "recall", "low", "high"}
    assert found["measured"]["detector"] == "maskwatch"


def test_several_detectors_stand_beside_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate("--detector", "maskwatch", "--detector", "haar", "--json", "out.json") == 0
    found = report()["detectors"]
    assert list(found) == ["maskwatch", "haar"]
    assert all(each.keys() >= LASTING for each in found.values())
    shown = capsys.readouterr().out
    assert "compliance, reported" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_detector_that_is_given_twice_is_one(tmp_path: Path) -> None:
    assert evaluate("--detector", "haar", "--detector", "haar", "--json", "out.json") == 0
    assert report()["measured"]["detector"] == "haar"


def test_the_json_on_standard_output_is_alone_there(capfd: pytest.CaptureFixture[str]) -> None:
    assert evaluate("--json", "-") == 0
    printed = capfd.readouterr()
    assert json.loads(printed.out)["images"] == 2
    assert printed.err == ""


def test_the_working_point_is_an_option() -> None:
    assert evaluate("--min-face-px", "40", "--min-confidence", "0.9", "--json", "out.json") == 0
    measured = report()["measured"]
    assert (measured["min_face_px"], measured["min_face_confidence"]) == (40, 0.9)


@pytest.mark.parametrize(("name", "begins"), [("curve.png", b"\x89PNG"), ("curve.svg", b"<?xml")])
def test_the_curves_are_a_picture(name: str, begins: bytes) -> None:
    assert evaluate("--detector", "maskwatch", "--detector", "haar", "--curve", name) == 0
    assert Path(name).read_bytes().startswith(begins)


def test_without_any_face_there_is_still_a_report() -> None:
    write_boxes({"image": "wall.png", "boxes": []})
    assert evaluate("--curve", "curve.png", "--json", "out.json") == 0
    found = report()
    assert (found["images"], found["faces"], found["recall"]) == (1, 0, {})
    assert found["compliance_bias_interval"] is None


def test_a_broken_picture_is_named_and_the_others_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    Path("photos/broken.jpg").write_bytes(b"no picture")
    write_boxes({"image": "wall.png", "boxes": []}, {"image": "broken.jpg", "boxes": []})
    assert evaluate("--json", "out.json") == 1
    assert (report()["images"], report()["unreadable"]) == (1, ["broken.jpg"])
    (line,) = capsys.readouterr().err.splitlines()
    assert "broken.jpg is no picture that can be read; all others were measured" in line


def test_pascal_voc_files_are_read_where_there_is_no_boxes_json() -> None:
    Path("photos/boxes.json").unlink()
    corners = "".join(
        f"<{name}>{value}</{name}>" for name, value in zip(("xmin", "ymin", "xmax", "ymax"), FACE, strict=True)
    )
    Path("photos/person.xml").write_text(
        f"<annotation><object><name>mask_weared_incorrect</name><bndbox>{corners}</bndbox></object></annotation>"
    )
    assert evaluate("--json", "out.json") == 0
    assert list(report()["recall"]) == ["incorrect_mask"]


# What is wrong, the options, and what the line says.
MISTAKES = {
    "an unknown detector": ("--detector magic", "'magic' is not one of haar, yunet, maskwatch"),
    "a curve that is no picture": ("--curve curve.txt", "ends in .png or .svg"),
    "a curve that cannot be written": ("--curve missing/curve.png", "missing/curve.png cannot be written"),
    "a detector without versions": ("--detector haar --detector-version 1", "add --detector maskwatch"),
    "no such version of the detector": ("--detector-version 999", "there is no version 999 of the detector"),
    "no such version of the model": ("--model-version 999", "there is no version 999 of the model"),
    "faces smaller than any detector finds": ("--min-face-px 2", "--min-face-px"),
    "a confidence that is none": ("--min-confidence 2", "--min-confidence"),
    "no photographs": ("--boxes home", "no annotated photographs in home"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(mistake: str, capsys: pytest.CaptureFixture[str]) -> None:
    options, expected = MISTAKES[mistake]
    assert evaluate(*options.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--curve curve.png", "--curve needs photographs"),
        ("--detector haar --detector maskwatch", "give --detector once"),
    ],
)
def test_faces_alone_have_neither_curves_nor_rivals(
    options: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", "--faces", "photos", "--registry", str(SHIPPED), *options.split()]) == 2
    assert expected in capsys.readouterr().err


def test_faces_are_judged_by_the_version_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    (Path("faces") / "without_mask").mkdir(parents=True)
    cv2.imwrite("faces/without_mask/person.png", draw(False, 20))
    current = json.loads((SHIPPED / "mask" / "current.json").read_text())["version"]
    asked = ["--registry", str(SHIPPED), "--model-version", str(current)]
    assert run(["evaluate", "--faces", "faces", *asked]) == 0
    assert "per_label without_mask" in capsys.readouterr().out


def published(redis_url: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["evaluate", "--published", "--json", "-", "--redis", redis_url]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_figures_are_published_for_the_running_system_and_withdrawn(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    masked = {"image": "wall.png", "boxes": [{"label": "with_mask", "box": [10, 10, 60, 60]}]}
    write_boxes({"image": "person.png", "boxes": [{"label": "without_mask", "box": FACE}]}, masked)
    assert published(redis_url, capsys) == {}
    assert evaluate("--publish", "--redis", redis_url) == 0
    assert "counts are corrected with these figures of maskwatch" in capsys.readouterr().out
    figures = published(redis_url, capsys)["maskwatch"]
    assert (figures["photographs"], figures["model_version"] > 0) == (2, True)
    assert figures["fates"]["with_mask"]["40-80"]["not_found"] == 1
    assert run(["evaluate", "--unpublish", "--redis", redis_url]) == 0
    assert "the figures of maskwatch are withdrawn" in capsys.readouterr().out
    assert published(redis_url, capsys) == {}


def test_figures_of_bare_faces_alone_are_not_published(
    servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate("--publish", "--redis", redis_url) == 2
    assert "no masked faces" in capsys.readouterr().err
    assert published(redis_url, capsys) == {}


def test_publishing_needs_a_system_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate("--publish", "--redis", "unix:///nowhere") == 1
    assert evaluate("--published") == 2
    assert "give --published or --unpublish alone" in capsys.readouterr().err
