"""Processes are killed at work; nothing is lost and no count changes."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.system import (
    System,
    assert_every_frame_is_accounted_for,
    draw_clip,
    judge_files,
    running,
)
from tests.waiting import eventually

SECONDS = 20
FRAMES = SECONDS * 10

pytestmark = [pytest.mark.timeout(240), pytest.mark.slow]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("drawn")
    return {
        "bare": draw_clip(folder / "bare.mp4", has_mask=False, seconds=SECONDS),
        "masked": draw_clip(folder / "masked.mp4", has_mask=True, seconds=SECONDS),
    }


@pytest.fixture(scope="module")
def undisturbed(clips: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return judge_files(tmp_path_factory.mktemp("undisturbed"), clips, "--workers", "2")


def _counts(camera: dict[str, Any]) -> dict[str, Any]:
    return {name: camera[name] for name in ("frames_captured", "frames_processed", "violations", "people")}


def _has_judged(system: System, frames: int) -> bool:
    return sum(each.frames_total for each in system.processes("worker")) >= frames


@pytest.mark.parametrize("role", ["worker", "producer", "events"])
def test_a_killed_process_loses_no_frame_and_changes_no_count(
    role: str, clips: dict[str, Path], undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    options = [part for name, path in clips.items() for part in ("--camera", f"{name}={path}")]
    options += ["--workers", "2", "--exit-when-done", "--json", str(out)]
    with running(tmp_path / "data", *options, env={"MASKWATCH_CLAIM_MIN_IDLE_MS": "3000"}) as system:
        eventually(lambda: _has_judged(system, FRAMES // 4), timeout_s=60, interval_s=0.1)
        victim = eventually(lambda: system.processes(role))[0]
        os.kill(victim.pid, signal.SIGKILL)
        assert system.wait(180) == 0, system.output
    summary = json.loads(out.read_text())
    for name, camera in summary["cameras"].items():
        assert_every_frame_is_accounted_for(camera)
        assert camera["frames_captured"] == FRAMES
        assert _counts(camera) == _counts(undisturbed["cameras"][name])


def test_the_undisturbed_run_counts_one_bare_person_and_one_masked(undisturbed: dict[str, Any]) -> None:
    assert undisturbed["cameras"]["bare"]["violations"] == 1
    assert undisturbed["cameras"]["masked"]["violations"] == 0
