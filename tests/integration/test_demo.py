"""What a first start shows: two demo feeds, one bare face and one masked."""

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.system import System, running
from tests.waiting import eventually


def _violations(system: System) -> dict[str, Any]:
    return {name: camera["violations"] for name, camera in system.status().get("cameras", {}).items()}


@pytest.mark.timeout(120)
@pytest.mark.slow
def test_the_bare_demo_feed_counts_one_violation_and_the_masked_none(tmp_path: Path) -> None:
    with running(tmp_path / "data") as system:
        eventually(lambda: _violations(system).get("demo-bare") == 1, timeout_s=60, interval_s=0.5)
        assert _violations(system) == {"demo-bare": 1, "demo-masked": 0}
        cameras = system.status()["cameras"]
        assert {camera["state"] for camera in cameras.values()} == {"live"}
        system.process.send_signal(signal.SIGTERM)
        assert system.wait(30) == 0, system.output
