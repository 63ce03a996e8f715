import json
from pathlib import Path
from typing import Any

import pytest

from console.benching.names import STAGES
from console.command import run
from tests.producer.builders import a_clip


def _stages(clip: Path, *arguments: str) -> dict[str, Any]:
    out = clip.with_suffix(".json")
    assert run(["bench", "stage", str(clip), "--frames", "2", "--json", str(out), *arguments]) == 0
    report: dict[str, Any] = json.loads(out.read_text())
    return report


def test_stages_are_timed_beside_their_library_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = a_clip(tmp_path / "clip.mp4", 2)
    report = _stages(clip, "--only", "gate", "--only", "decode", "--only", "read", "--faces", "4")
    assert {each["stage"] for each in report["timings"]} == {"gate", "decode", "read"}
    assert all(each["bare_milliseconds"] > 0 for each in report["timings"])
    ours = [each for each in report["timings"] if each["milliseconds"] is not None]
    assert all(each["ratio"] == pytest.approx(each["milliseconds"] / each["bare_milliseconds"], 0.1) for each in ours)
    assert sum(each["share"] for each in ours) == pytest.approx(1, abs=0.01)
    assert report["faces_a_frame"] == 4
    assert "cv2.imdecode" in capsys.readouterr().out


def test_standard_output_is_json_alone_where_it_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = a_clip(tmp_path / "clip.mp4", 1)
    assert run(["bench", "stage", str(clip), "--frames", "1", "--only", "decode", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["rounds"] == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["stage", "nope.mp4"], "nope.mp4"),
        (["stage", "--only", "detekt"], ", ".join(STAGES)),
        (["stage", "--json", "/nowhere/out.json"], "/nowhere/out.json"),
        (["stage", "--yunet-weights", "nope.onnx", "--only", "detect"], "nope.onnx"),
        (["stages"], "stages"),
        (["seed", "--model", "nope.keras"], "--model FILE"),
        (["seed", "--model", __file__, "--boxes", "nowhere"], "--clip FILE"),
        (["seed", "--model", __file__, "--clip", "nope.mp4"], "nope.mp4"),
        (["seed", "--model", __file__, "--boxes", str(Path(__file__).parent)], "annotated"),
    ],
)
def test_what_cannot_be_measured_is_told_in_one_line(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bench", *arguments]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert word in told


def test_the_help_names_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--help"]) == 0
    told = capsys.readouterr().out
    assert "stage" in told
    assert "seed" in told


def test_without_the_source_tree_there_is_no_loop_to_compare_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("console.__file__", str(tmp_path / "console" / "__init__.py"))
    assert run(["bench", "seed"]) == 2
    assert "source tree" in capsys.readouterr().err
