"""The measurement of the motion gate itself, on a few seconds of one clip and on drawn pictures."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from shared.messages import Box
from tests.benchmarks.gate_recall import wilson
from tests.benchmarks.motion_gate import HELD, VIDEOS, main
from tests.benchmarks.still_scenes import SCENES, StillScene, gated
from tests.benchmarks.walking_faces import Seen, Walk, share_within, with_face

needs_clips = pytest.mark.skipif(not VIDEOS.is_dir(), reason="the filmed clips are not here: ../shared/data/videos")


@needs_clips
@pytest.mark.long
def test_a_quick_run_measures_every_part_and_loses_no_face(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    monkeypatch.setattr(sys, "argv", ["motion_gate", "--quick", "--json", str(figures)])
    main()
    found = json.loads(figures.read_text())
    assert set(found) == {"recall", "still", "walking", "cost"}
    by_default = next(row for row in found["recall"] if row["clip"] == "all" and row["sensitivity"] == "medium")
    assert by_default["faces"] > 20
    assert by_default["lost"] == 0
    assert "## walking" in capsys.readouterr().out


def test_a_folder_without_the_clips_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["motion_gate", "--videos", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert next(iter(HELD)) in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_scene_can_be_shown_and_leaves_its_picture_alone(scene: StillScene) -> None:
    picture = np.full((180, 320, 3), 90, np.uint8)
    sent = gated(scene, picture, ["medium"], keyframe_interval_s=1.5, seconds=2)["medium"]
    assert sent.frames >= 9
    assert 0 < sent.sent <= sent.frames
    assert (picture == 90).all()


def test_a_face_comes_in_with_the_contrast_that_was_asked_for() -> None:
    picture, face = np.full((200, 300, 3), 100, np.uint8), np.full((60, 50, 3), 220, np.uint8)
    shown, place = with_face(picture, face, Walk(40, speed=10, contrast=16, height=0.5), x=-10)
    change = np.abs(shown.astype(int) - 100).mean(axis=2)
    assert change.max() == pytest.approx(16, abs=1)
    assert np.flatnonzero(change.any(axis=0))[[0, -1]] == pytest.approx([0, 29], abs=1)
    assert place.centre == Box(14, 123, 16, 125).centre


def test_a_share_has_an_interval_that_holds_it() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 1000) == pytest.approx((0.0, 0.0038), abs=1e-4)
    low, high = wilson(30, 100)
    assert low == pytest.approx(0.219, abs=1e-3)
    assert high == pytest.approx(0.396, abs=1e-3)


def test_who_is_never_sent_is_late() -> None:
    walk = Walk(24, 60, 16, 0.5)
    assert share_within([Seen(walk, 0), Seen(walk, 2), Seen(walk, None)], frames=1) == pytest.approx(1 / 3)
