import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from console.command import run
from deploy.local.shipped_models import SHIPPED
from producer.sources.demo.scene import HEIGHT, WIDTH, draw
from worker.offline import frame_count

FRAMES = 5


@pytest.fixture(autouse=True)
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a drawn person, an empty wall, a broken picture and a clip of the person."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    photos = tmp_path / "photos"
    photos.mkdir()
    cv2.imwrite(str(photos / "person.png"), draw(False, 20))
    cv2.imwrite(str(photos / "wall.png"), np.full((120, 160, 3), 90, np.uint8))
    writer = cv2.VideoWriter("clip.mp4", cv2.VideoWriter.fourcc(*"mp4v"), 10, (WIDTH, HEIGHT))
    for number in range(FRAMES):
        writer.write(draw(False, 20 + number))
    writer.release()
    return tmp_path


def detect(*arguments: str) -> int:
    return run(["detect", *arguments, "--registry", str(SHIPPED)])


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_picture_and_every_frame_is_one_line_also_when_nothing_is_found(clips: Path) -> None:
    assert detect("photos", "clip.mp4", "--json", "out.jsonl") == 0
    found = lines(clips / "out.jsonl")
    assert [(line["source"], line["frame"]) for line in found] == [
        ("photos/person.png", 0),
        ("photos/wall.png", 0),
        *(("clip.mp4", frame) for frame in range(FRAMES)),
    ]
    assert found[1] == {"source": "photos/wall.png", "frame": 0, "width": 160, "height": 120, "detections": []}
    detection = found[0]["detections"][0]  # the surest
    assert set(detection) == {"box", "label", "confidence"}
    x0, y0, x1, y1 = detection["box"]
    assert 0 <= x0 < x1 <= WIDTH
    assert 0 <= y0 < y1 <= HEIGHT
    assert detection["label"] in {"with_mask", "without_mask", "incorrect_mask"}


def test_annotated_copies_are_written_with_as_many_frames(clips: Path) -> None:
    assert detect("photos", "clip.mp4", "-o", "out") == 0
    assert sorted(path.name for path in (clips / "out").iterdir()) == ["clip.mp4", "person.png", "wall.png"]
    assert frame_count(clips / "out" / "clip.mp4") == FRAMES
    original, copy = (cv2.imread(str(clips / folder / "person.png")) for folder in ("photos", "out"))
    assert original is not None
    assert copy is not None
    assert (original != copy).any()


def test_one_picture_may_go_to_one_file(clips: Path) -> None:
    assert detect("photos/person.png", "-o", "annotated.jpg") == 0
    assert (clips / "annotated.jpg").is_file()


def test_lines_on_standard_output_are_alone_there(capfd: pytest.CaptureFixture[str]) -> None:
    assert detect("photos/wall.png", "--json", "-") == 0
    printed = capfd.readouterr()
    assert [json.loads(line)["detections"] for line in printed.out.splitlines()] == [[]]
    assert printed.err == ""


def test_a_broken_picture_is_named_and_does_not_stop_the_others(
    clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "photos" / "broken.jpg").write_bytes(b"no picture")
    assert detect("photos", "--json", "out.jsonl") == 1
    assert len(lines(clips / "out.jsonl")) == 2
    assert capsys.readouterr().err.splitlines() == ["maskwatch: photos/broken.jpg is not a picture that can be read"]


def test_two_sources_of_one_name_are_not_written_over_each_other(
    clips: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clips / "more").mkdir()
    (clips / "more" / "wall.png").write_bytes((clips / "photos" / "wall.png").read_bytes())
    assert detect("photos", "more", "-o", "out") == 2
    assert "one after the other" in capsys.readouterr().err


def test_people_read_how_many_faces_each_source_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert detect("photos/wall.png", "clip.mp4") == 0
    wall, clip = capsys.readouterr().out.splitlines()
    assert wall == "photos/wall.png: no faces"
    assert clip.startswith(f"clip.mp4: {FRAMES} frames, faces: ")
