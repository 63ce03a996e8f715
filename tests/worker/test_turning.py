import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from producer.sources.demo.scene import draw
from trainer.detector.teacher import BoxTeacher
from trainer.turning import correlations, fit, taught
from worker.turning import WEIGHTS, turned

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def _portrait() -> NDArray[np.uint8]:
    """The demo person's face, 64 x 64."""
    grey = cv2.cvtColor(draw(False, 0), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey[120:280, 240:400], (64, 64), interpolation=cv2.INTER_AREA), np.uint8)


def test_a_mirrored_face_is_about_as_far_turned() -> None:
    face = _portrait()
    assert turned(np.ascontiguousarray(face[:, ::-1])) == pytest.approx(turned(face), abs=0.1)


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_surface_without_a_face_has_an_answer_within_bounds(grey: int) -> None:
    assert 0 <= turned(np.full((64, 64), grey, np.uint8)) <= 1


@pytest.mark.long
@pytest.mark.skipif(not DATA.is_dir(), reason="the annotated photographs are not here: ../shared/data")
def test_weights_repeat_what_landmarks_say_of_photographs_that_they_never_saw(tmp_path: Path) -> None:
    boxes = json.loads((DATA / "boxes" / "train" / "boxes.json").read_text())[:60]
    (tmp_path / "images").symlink_to(DATA / "boxes" / "train" / "images")
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    faces = list(taught(tmp_path, BoxTeacher(next((DATA / "weights").glob("*yunet*.onnx")))))
    assert correlations(faces)["all"] > 0.3
    weights, _ = fit(faces)
    with np.load(WEIGHTS) as shipped:
        assert shipped["weights"].shape == weights.shape
