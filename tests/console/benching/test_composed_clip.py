import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from console.benching.composed_clip import FRAMES_EACH, SIZE, composed, drifting
from shared.face_sizes import size_of
from shared.messages import Box, Label
from worker.labelled_data import AnnotatedFace, UnusableData
from worker.offline import pictures

WHITE = (250, 250, 250)
FACE = Box(40, 30, 80, 80)


def _photograph() -> np.ndarray:
    """Dark, with a bright rectangle where the face is."""
    picture = np.full((150, 200, 3), 20, np.uint8)
    cv2.rectangle(picture, (40, 30), (79, 79), WHITE, cv2.FILLED)
    return picture


def _folder(root: Path, names: list[str]) -> Path:
    (root / "images").mkdir(parents=True)
    for name in names:
        cv2.imwrite(str(root / "images" / name), _photograph())
    boxes = [{"label": "with_mask", "box": list(FACE)}]
    listed = [{"image": f"images/{name}", "width": 200, "height": 150, "boxes": boxes} for name in names]
    (root / "boxes.json").write_text(json.dumps(listed))
    return root


def _bright(picture: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(picture[:, :, 0] > 180)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_faces_are_where_the_truth_says_in_every_frame() -> None:
    frames = list(drifting(_photograph(), [AnnotatedFace(label=Label.WITHOUT_MASK, box=FACE)]))
    assert len(frames) == FRAMES_EACH
    for shown, (face,) in frames:
        assert shown.shape == (SIZE[1], SIZE[0], 3)
        np.testing.assert_allclose(_bright(shown), face.box, atol=4)
        assert face.label is Label.WITHOUT_MASK
        assert size_of(face.box.width) == "80+"
    lefts = [face.box.x0 for _, (face,) in frames]
    assert np.allclose(np.diff(lefts), 4)


def test_a_clip_knows_who_is_in_each_frame_that_is_read_of_it(tmp_path: Path) -> None:
    clip = composed(_folder(tmp_path / "boxes", ["a.png", "b.png", "c.png"]), tmp_path / "clip.mp4", most=2)
    assert clip.frames == 2 * FRAMES_EACH
    assert clip.truth is not None
    read = list(pictures(clip.path))
    assert len(read) == clip.frames
    for each in read[::5]:
        (face,) = clip.truth[each.frame]
        np.testing.assert_allclose(_bright(each.picture), face.box, atol=4)


def test_a_folder_without_annotations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableData):
        composed(tmp_path, tmp_path / "clip.mp4")
