"""The real clips, judged to their end as an operator would, at the rate that cameras have unless told otherwise."""

import json
from pathlib import Path
from typing import Any

import av
import pytest

from tests.integration.system import assert_every_frame_is_accounted_for, judge_files

VIDEOS = Path(__file__).parents[2].parent / "shared" / "data" / "videos"
EXACT = {"one_bare", "puts_mask_on"}
FPS = 5

pytestmark = [
    pytest.mark.skipif(not VIDEOS.is_dir(), reason="the filmed clips are not here: ../shared/data/videos"),
    pytest.mark.timeout(420),
    pytest.mark.slow,
]


def _truth() -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((VIDEOS / "truth.json").read_text())
    return truth


def _frames(path: Path) -> int:
    """How many fifths of a second the clip has a frame in."""
    with av.open(str(path)) as container:
        times = [frame.time or 0.0 for frame in container.decode(video=0)]
    return len({int((time - times[0]) * FPS + 1e-6) for time in times})


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    cameras = {Path(name).stem: VIDEOS / name for name in _truth()}
    return judge_files(tmp_path_factory.mktemp("clips"), cameras, "--workers", "2", "--fps", str(FPS), timeout_s=400)


@pytest.fixture(params=sorted(_truth()) if VIDEOS.is_dir() else [], ids=lambda name: Path(name).stem)
def clip(request: pytest.FixtureRequest) -> Path:
    return VIDEOS / str(request.param)


def test_no_frame_of_a_file_is_lost(summary: dict[str, Any], clip: Path) -> None:
    camera = summary["cameras"][clip.stem]
    assert_every_frame_is_accounted_for(camera)
    assert camera["frames_captured"] == camera["frames_processed"] == _frames(clip)


def test_violations_are_within_one_of_the_truth(summary: dict[str, Any], clip: Path) -> None:
    counted = summary["cameras"][clip.stem]["violations"]
    assert abs(counted - _truth()[clip.name]["violations"]) <= (0 if clip.stem in EXACT else 1)


def test_people_are_within_one_of_the_truth(summary: dict[str, Any], clip: Path) -> None:
    counted = summary["cameras"][clip.stem]["people"]
    assert abs(counted - _truth()[clip.name]["people"]) <= (0 if clip.stem in EXACT else 1)


def test_two_workers_share_the_work(summary: dict[str, Any]) -> None:
    frames = summary["workers"].values()
    assert len(frames) == 2
    assert min(frames) > 0.2 * sum(frames)
