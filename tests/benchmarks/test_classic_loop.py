"""The opponent does what it is said to do; a whole comparison takes minutes and is left to `make drills`."""

import json
from pathlib import Path

import pytest

from console.benching.source_tree import opponent_model, photographs
from console.command import run
from console.errors import BadInput
from tests.integration.system import draw_clip


def _lies_beside() -> bool:
    try:
        return opponent_model(None).is_file() and photographs(None).is_dir()
    except BadInput:
        return False


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(not _lies_beside(), reason="the model and the photographs lie outside of the repository")
def test_the_whole_system_is_compared_with_the_loop_on_photographs(tmp_path: Path) -> None:
    out = tmp_path / "seed.json"
    options = ["--photographs", "4", "--loop-frames", "6", "--rounds", "1", "--json", str(out)]
    assert run(["bench", "seed", *options]) == 0
    report = json.loads(out.read_text())
    loop, *ours = report["ways"]
    assert loop["frames"] == report["loop_frames"] >= 6
    assert [each["name"] for each in ours] == ["whole", "gated"]
    assert all(0 < each["frames"] <= 32 for each in ours)
    assert all(each["cpu_seconds_a_frame_of"]["worker"] > 0 for each in ours)
    assert all(each["accuracy"]["with_mask"]["found"] > 0 for each in ours)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(not _lies_beside(), reason="the model lies outside of the repository")
def test_speed_alone_is_compared_on_any_clip(tmp_path: Path) -> None:
    out = tmp_path / "seed.json"
    clip = draw_clip(tmp_path / "clip.mp4", has_mask=False, seconds=4)
    assert run(["bench", "seed", "--clip", str(clip), "--loop-frames", "4", "--rounds", "1", "--json", str(out)]) == 0
    assert all(each["accuracy"] == {} for each in json.loads(out.read_text())["ways"])
