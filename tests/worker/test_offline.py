from pathlib import Path

import cv2
import pytest

from tests.worker.drawn import a_scene, centre_is_in
from worker.annotation import VideoWriter, write_picture
from worker.offline import (
    UnreadableSource,
    VideoFormat,
    files_of,
    frame_count,
    judge_pictures,
    pictures,
    read_picture,
    video_format,
)
from worker.pipeline import Pipeline


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A face that walks through ten frames."""
    path = tmp_path / "walk.mp4"
    with VideoWriter(path, VideoFormat(640, 480, 12.5)) as writer:
        for number in range(10):
            writer.write(a_scene((150 + 20 * number, 200, 120)))
    return path


def test_every_frame_of_a_video_is_judged_in_order(video: Path, pipeline: Pipeline) -> None:
    judged = list(judge_pictures(pipeline, pictures(video)))
    assert [each.frame for each in judged] == list(range(10))
    assert {each.source for each in judged} == {video}
    for each in judged:
        assert len(each.detections) == 1
        assert centre_is_in(each.detections[0].box, 150 + 20 * each.frame, 200)


def test_a_video_tells_its_format_and_length(video: Path) -> None:
    assert video_format(video) == VideoFormat(640, 480, 12.5)
    assert frame_count(video) == 10


def test_a_folder_stands_for_its_pictures_by_name(tmp_path: Path, pipeline: Pipeline) -> None:
    for name in ("b.png", "a.jpg", "c.JPEG"):
        write_picture(tmp_path / name, a_scene())
    (tmp_path / "notes.txt").write_text("no picture")
    files = files_of(tmp_path)
    assert [file.name for file in files] == ["a.jpg", "b.png", "c.JPEG"]
    judged = list(judge_pictures(pipeline, (each for file in files for each in pictures(file))))
    assert [(each.source.name, each.frame, each.detections) for each in judged] == [
        ("a.jpg", 0, ()),
        ("b.png", 0, ()),
        ("c.JPEG", 0, ()),
    ]


def test_grey_and_deep_and_see_through_pictures_are_read_as_colour(tmp_path: Path) -> None:
    scene = a_scene()
    grey = cv2.cvtColor(scene, cv2.COLOR_BGR2GRAY)
    variants = {"grey": grey, "deep": grey.astype("uint16") * 257, "clear": cv2.cvtColor(scene, cv2.COLOR_BGR2BGRA)}
    for name, pixels in variants.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels)
        picture = read_picture(tmp_path / f"{name}.png")
        assert (picture.shape, picture.dtype) == (scene.shape, scene.dtype)


@pytest.mark.parametrize("name", ["broken.jpg", "broken.mp4"])
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"nothing of that kind")
    with pytest.raises(UnreadableSource, match=name):
        list(pictures(path))


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"nothing\.jpg"):
        files_of(tmp_path / "nothing.jpg")
    with pytest.raises(UnreadableSource, match="holds no pictures"):
        files_of(tmp_path)
