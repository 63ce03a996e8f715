"""A running system on whose servers somebody puts garbage everywhere: its processes live on, and cameras are judged."""

import json
from pathlib import Path

import pytest

from shared.connections import connect
from shared.streams import CAMERAS, HEADER, JPEG, RESULT, KeySpace
from tests.garbage import GARBAGE, spoil_everything
from tests.integration.system import draw_clip, maskwatch, running
from tests.waiting import eventually

KEYS = KeySpace()
ROLES = ("producer", "worker", "events")


@pytest.mark.long
def test_garbage_on_the_servers_ends_no_process_and_keeps_no_camera_from_being_judged(tmp_path: Path) -> None:
    clip = draw_clip(tmp_path / "clip.mp4", has_mask=False, seconds=2)
    data = tmp_path / "data"
    with running(data, "--camera", f"gate={clip}") as system:
        eventually(lambda: all(system.processes(role) for role in ROLES), 60)
        pids = {role: [each.pid for each in system.processes(role)] for role in ROLES}
        run = json.loads((data / "run.json").read_text())
        state, frames = connect(run["state_redis"]), connect(run["frames_redis"])
        for value in (GARBAGE["no text"], GARBAGE["no fields"], GARBAGE["an endless number"]):
            state.hset(CAMERAS, "broken", value)
            state.set(KEYS.capture("broken"), value)
            state.hset(KEYS.checkpoint("broken"), mapping={"epoch": value, "stream_id": value})
            for key in (KEYS.frames("gate"), KEYS.results("gate")):
                frames.xadd(key, {HEADER: value, JPEG: value, RESULT: value, b"face:x": value})
            spoil_everything(state, "broken", value)
        maskwatch("camera", "add", "late", str(clip), "--data", str(data))
        for camera in ("gate", "late"):
            counts = KEYS.counts(camera)
            eventually(lambda counts=counts: state.hget(counts, "processed") == b"20", 60)  # type: ignore[misc]
        assert {role: [each.pid for each in system.processes(role)] for role in ROLES} == pids
        for client in (state, frames):
            client.close()
    assert "Traceback" not in system.output
