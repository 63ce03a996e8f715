from pathlib import Path

import numpy as np
import pytest

from shared.messages import Box, Detection, Label
from tests.worker.drawn import GREY, a_scene
from worker.annotation import COLOURS, VideoWriter, annotated, write_picture
from worker.detectors import Picture
from worker.offline import VideoFormat, pictures, video_format


def a_detection(box: Box, label: Label = Label.WITHOUT_MASK) -> Detection:
    return Detection(box=box, label=label, confidence=0.93)


def changed(before: Picture, after: Picture) -> np.ndarray:
    return np.asarray((before != after).any(axis=2))


@pytest.mark.parametrize("label", list(Label))
def test_each_label_has_its_colour_on_box_and_plate(label: Label) -> None:
    drawn = annotated(a_scene(), [a_detection(Box(200, 200, 300, 320), label)])
    assert tuple(drawn[260, 200]) == COLOURS[label]
    assert (drawn[:200, 200:300] == COLOURS[label]).all(axis=2).sum() > 100


def test_the_face_itself_stays_free() -> None:
    scene = a_scene((250, 260, 100))
    drawn = annotated(scene, [a_detection(Box(200, 200, 300, 320))])
    assert not changed(scene, drawn)[204:316, 204:296].any()


@pytest.mark.parametrize(
    "box",
    [
        pytest.param(Box(0, 0, 60, 70), id="top left"),
        pytest.param(Box(580, 0, 640, 70), id="top right"),
        pytest.param(Box(0, 410, 60, 480), id="bottom left"),
        pytest.param(Box(580, 410, 640, 480), id="bottom right"),
        pytest.param(Box(200, 0, 440, 480), id="as high as the picture"),
    ],
)
def test_the_text_stays_inside_the_picture_and_off_the_face(box: Box) -> None:
    scene = a_scene()
    drawn = annotated(scene, [a_detection(box)])
    x0, y0, x1, y1 = (int(value) for value in box)
    assert not changed(scene, drawn)[y0 + 4 : y1 - 4, x0 + 4 : x1 - 4].any()
    # As many white pixels as in the middle of the picture: no letter is cut off.
    middle = annotated(scene, [a_detection(Box(280, 200, 360, 300))])
    assert whites(drawn) == whites(middle)


def whites(picture: Picture) -> int:
    return int((picture == 255).all(axis=2).sum())


def test_the_texts_of_neighbours_do_not_cover_each_other() -> None:
    boxes = [Box(100, 200, 150, 260), Box(160, 200, 210, 260), Box(220, 200, 270, 260)]
    drawn = annotated(a_scene(), [a_detection(box) for box in boxes])
    assert whites(drawn) == 3 * whites(annotated(a_scene(), [a_detection(boxes[0])]))


def test_the_source_picture_is_left_alone() -> None:
    scene = a_scene()
    annotated(scene, [a_detection(Box(200, 200, 300, 320))])
    assert (scene == GREY).all()


def test_lines_grow_with_the_picture() -> None:
    small, large = (
        annotated(np.full((height, height, 3), 128, np.uint8), [a_detection(Box(100, 100, 200, 200))])
        for height in (300, 3000)
    )
    assert whites(large) > 4 * whites(small) > 0


def test_tiny_pictures_can_be_drawn_on() -> None:
    annotated(np.zeros((8, 8, 3), np.uint8), [a_detection(Box(1, 1, 5, 5))])


@pytest.mark.parametrize(("width", "height"), [(320, 240), (321, 241)])
def test_a_written_video_keeps_rate_length_and_size(tmp_path: Path, width: int, height: int) -> None:
    path = tmp_path / "new folder" / "video.mp4"
    scene = a_scene((160, 120, 100), width=width, height=height)
    with VideoWriter(path, VideoFormat(width, height, 29.97)) as writer:
        for _ in range(5):
            writer.write(scene)
    written = video_format(path)
    assert written.frames_per_second == pytest.approx(29.97, abs=0.01)
    assert (written.width, written.height) == (width + width % 2, height + height % 2)
    frames = list(pictures(path))
    assert len(frames) == 5
    assert np.abs(frames[0].picture[:height, :width].astype(int) - scene).mean() < 4


def test_an_unknown_format_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="picture format"):
        write_picture(tmp_path / "picture.docx", a_scene())
