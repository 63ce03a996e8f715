"""Faces for review in a whole system: they come, stay few, survive kills, and change no count."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shared.review import ReviewFolder
from tests.integration.system import MASKWATCH, System, draw_clip, judge_files, running
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow]

EVERY_FACE = {"MASKWATCH_REVIEW_MAX_CONFIDENCE": "1", "MASKWATCH_REVIEW_INTERVAL_S": "0"}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("drawn")
    return {
        "bare": draw_clip(folder / "bare.mp4", has_mask=False, seconds=6),
        "masked": draw_clip(folder / "masked.mp4", has_mask=True, seconds=6),
    }


def _counts(summary: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {field: value for field, value in camera.items() if field != "seconds"}
        for name, camera in summary["cameras"].items()
    }


def _maskwatch(system: System, *arguments: str) -> str:
    command = [*MASKWATCH, *arguments, "--data", str(system.data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_faces_are_kept_and_counts_are_as_without(
    clips: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in EVERY_FACE.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    with_review = judge_files(tmp_path / "with", clips)
    without = judge_files(tmp_path / "without", clips, "--no-review")
    assert _counts(with_review) == _counts(without)
    assert not (tmp_path / "without" / "data" / "review").exists()
    items = ReviewFolder(tmp_path / "with" / "data" / "review").items()
    assert {(item.camera, item.model_label.value) for item in items} == {
        ("bare", "without_mask"),
        ("masked", "with_mask"),
    }


@pytest.mark.long
def test_a_full_folder_stays_bounded(clips: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (EVERY_FACE | {"MASKWATCH_REVIEW_MAX_ITEMS": "2"}).items():
        monkeypatch.setenv(name, value)
    cameras = {f"{name}{number}": clip for name, clip in clips.items() for number in range(3)}
    judge_files(tmp_path, cameras)
    assert ReviewFolder(tmp_path / "data" / "review").count() == 2


def test_a_violation_of_a_running_system_is_marked_wrong(tmp_path: Path) -> None:
    with running(tmp_path / "data") as system:
        eventually(lambda: system.processes("worker"), timeout_s=60, interval_s=0.2)
        opened = eventually(lambda: _maskwatch(system, "violations", "--json"), timeout_s=60, interval_s=0.5)
        violation = json.loads(opened.splitlines()[0])["id"]
        _maskwatch(system, "review", "wrong", violation, "--label", "with_mask")
        (line,) = _maskwatch(system, "review", "list", "--json").splitlines()
    assert (json.loads(line)["violation"], json.loads(line)["label"]) == (violation, "with_mask")


# Puts faces in as fast as it can, as an events worker would.
_WRITER = """
import sys
from pathlib import Path
from shared.review import ReviewFolder
from tests.review import a_crop, an_item
folder, jpeg = ReviewFolder(Path(sys.argv[1])), a_crop()
print("begins", flush=True)
for sequence in range(int(sys.argv[2]), 1_000_000):
    folder.add(an_item(sequence), jpeg)
"""


def _wait_for_more(folder: ReviewFolder) -> None:
    before = folder.count()
    eventually(lambda: folder.count() > before + 1)


def test_a_writer_killed_at_any_moment_leaves_a_folder_that_can_be_read(tmp_path: Path) -> None:
    folder = ReviewFolder(tmp_path / "review")
    for turn in range(12):
        arguments = [sys.executable, "-c", _WRITER, str(folder.root), str(turn * 50_000)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            _wait_for_more(folder)
            time.sleep(turn * 0.0007)  # another moment each time
            os.kill(process.pid, signal.SIGKILL)
        items = folder.items()
        assert len(items) == folder.count()  # the picture comes first: no item is without one
    folder.erase_half()
    names = {path.name for path in folder.root.iterdir()}
    assert names == {f"{item.id}{suffix}" for item in items for suffix in (".jpg", ".json")}
