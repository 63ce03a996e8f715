"""A live camera through the whole system: what did not move is not sent, and the person is counted all the same."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

import av
import numpy as np
import pytest

from producer.sources.demo.scene import HEIGHT, WIDTH, draw
from tests.integration.system import System, maskwatch, running
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(180), pytest.mark.slow]

_SERIES = re.compile(r'^maskwatch_(\w+)\{camera="(\w+)"(?:,\w+="(\w+)")?\} (\S+)$', re.MULTILINE)


def _still_clip(path: Path, seconds: int = 20, fps: int = 10) -> Path:
    """The bare person of the demo, who does not move at all in front of a camera with some noise."""
    noise = np.random.default_rng(7)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "23", "g": str(2 * fps)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        scene = draw(has_mask=False, frame_number=0).astype(np.int16)
        for _ in range(seconds * fps):
            noisy = np.clip(scene + noise.normal(0, 3, scene.shape), 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="bgr24")))
        container.mux(stream.encode())
    return path


def _figures(system: System) -> Mapping[tuple[str, str, str], float]:
    """The system's metrics of cameras: (name, camera, other label) -> value."""
    url = re.search(r"http://\S+/metrics", system.output)
    assert url
    with urlopen(url.group()) as answer:  # noqa: S310 - our own
        text = answer.read().decode()
    return {(name, camera, label): float(value) for name, camera, label, value in _SERIES.findall(text)}


def _unaccounted(figures: Mapping[tuple[str, str, str], float], camera: str) -> float:
    ended = sum(
        value
        for (name, of, _), value in figures.items()
        if of == camera and name in {"frames_processed_total", "frames_dropped_total", "frames_dead_lettered_total"}
    )
    return figures["frames_total", camera, ""] - ended


@pytest.mark.long
def test_a_still_person_is_counted_once_from_a_few_of_the_frames(tmp_path: Path) -> None:
    clip = _still_clip(tmp_path / "still.mp4")
    with running(tmp_path / "data", "--camera", f"still=loop:{clip}") as system:
        eventually(lambda: system.status().get("cameras", {}).get("still", {}).get("violations"), 60, 0.5)
        eventually(lambda: _figures(system)["frames_total", "still", ""] > 100, 60, 0.5)
        figures = _figures(system)
        looked_at = figures["frames_total", "still", ""] - figures["frames_dropped_total", "still", "throttled"]
        assert figures["frames_dropped_total", "still", "unchanged"] > 0.7 * looked_at
        assert figures["violations_total", "still", ""] == 1
        assert figures["camera_state", "still", "live"] == 1
        assert 0 <= _unaccounted(figures, "still") < 30, "what is neither ended nor in flight"


def test_cameras_come_change_and_go_while_it_runs(tmp_path: Path) -> None:
    clip = _still_clip(tmp_path / "still.mp4")
    here = ("--data", str(tmp_path / "data"))
    with running(tmp_path / "data", "--camera", "masked=demo:masked") as system:
        eventually(lambda: system.status().get("cameras", {}).get("masked", {}).get("state") == "live", 60, 0.5)
        maskwatch("camera", "add", "lobby", str(clip), "--loop", "--exclude", "0,0 1,0 1,1 0,1", *here)
        eventually(lambda: system.status()["cameras"].get("lobby", {}).get("state") == "live", 30, 0.2)
        eventually(lambda: _figures(system).get(("frames_processed_total", "lobby", ""), 0) > 5, 60, 0.5)
        assert system.status()["cameras"]["lobby"]["violations"] == 0, "all of the picture is excluded"
        maskwatch("camera", "set", "lobby", "--no-zones", *here)
        eventually(lambda: system.status()["cameras"]["lobby"]["violations"] == 1, 60, 0.5)
        maskwatch("camera", "remove", "lobby", *here)
        eventually(lambda: "lobby" not in system.status()["cameras"], 30, 0.2)
        assert system.status()["cameras"]["masked"]["state"] == "live"
