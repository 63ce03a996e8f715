"""Bad input to ``python -m trainer`` is one clear line and exit code 2, before anything is trained."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainer.drawn import draw_data
from trainer.__main__ import main


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if "trainer:" in line]
    assert len(lines) == 1
    return lines[0]


def test_a_missing_data_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = refusal(capsys, "--data", str(tmp_path / "nowhere"), "--registry", str(tmp_path / "models"))
    assert f"there is no data folder {tmp_path / 'nowhere'}" in line


def test_missing_weights_are_named_before_the_pictures_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = draw_data(tmp_path / "data", per_label=1)
    line = refusal(capsys, "--data", str(data), "--registry", str(tmp_path), "--weights", str(tmp_path / "w.h5"))
    assert line.startswith(f"trainer: there are no weights {tmp_path / 'w.h5'}: give")


def test_a_file_that_is_no_face_detector_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = draw_data(tmp_path / "data", per_label=1)
    (tmp_path / "teacher.onnx").write_bytes(b"no network")
    line = refusal(
        capsys, "--data", str(data), "--registry", str(tmp_path), "--teacher", str(tmp_path / "teacher.onnx")
    )
    assert "is not a YuNet face detector" in line


def test_too_few_pictures_for_three_parts_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = draw_data(tmp_path / "data", per_label=2)
    line = refusal(capsys, "--data", str(data), "--registry", str(tmp_path))
    assert "no usable picture of" in line


def test_a_size_out_of_range_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = refusal(capsys, "--data", str(tmp_path), "--registry", str(tmp_path), "--size", "5000")
    assert "--size" in line


def test_help_does_not_wait_for_tensorflow() -> None:
    code = "import sys, trainer.__main__; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
