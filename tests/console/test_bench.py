import json
from pathlib import Path

import pytest

from console.command import run


def test_every_stage_is_timed_on_the_demo_feed(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    assert run(["bench", "--frames", "2", "--json", str(out)]) == 0
    timings = json.loads(out.read_text())["timings"]
    assert {each["stage"] for each in timings} == {"decode", "detect", "classify"}
    assert all(each["milliseconds"] > 0 for each in timings)


def test_a_missing_video_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "nope.mp4"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
