from pathlib import Path

import pytest

from console.command import run
from console.commands import bench_capacity
from console.errors import CommandFailed


def test_help_says_what_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "capacity", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(option in said for option in ("--wire", "--scene", "--most", "--target-ms", "--set", "--json"))


def test_the_benchmark_runs_in_the_source_tree_and_says_itself_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["bench", "capacity", "--start", "9", "--most", "8"]) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_without_a_source_tree_it_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="source tree"):
        bench_capacity.run([], tmp_path)
