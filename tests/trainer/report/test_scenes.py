"""The way from a photograph to labelled faces, on drawn photographs."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer, ModelInput
from trainer.crops import Pixels
from trainer.data_set import Box, Face
from trainer.report.finders import HaarFinder, finder_for
from trainer.report.scene_pictures import samples
from trainer.report.scenes import Scene, Trial, matched, scene_report

BARE, MASKED, INCORRECT = Label.WITHOUT_MASK, Label.WITH_MASK, Label.INCORRECT_MASK
LABELS: tuple[Answer, ...] = (MASKED, BARE, BACKGROUND)
TAKES = ModelInput(width=32, height=32, scale=1, offset=0, crop_margin=0)
LEFT, RIGHT = (20.0, 20.0, 60.0, 60.0), (120.0, 20.0, 160.0, 60.0)
# Colours (BGR) that the drawn classifier below takes for answers.
RED, GREEN, BLUE = (0, 0, 255), (0, 255, 0), (255, 0, 0)
COLOURS: dict[Answer, tuple[int, int, int]] = {BARE: RED, MASKED: GREEN, BACKGROUND: BLUE}


class Finder:
    """Finds what it was told."""

    name = "told"
    remark = "It was told."

    def __init__(self, *boxes: Box) -> None:
        self._boxes = list(boxes)

    def faces(self, picture: Pixels) -> list[Box]:
        return self._boxes


def by_colour(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Green is masked, red is bare, blue is no face (RGB)."""
    means = pictures.reshape(len(pictures), -1, 3).mean(axis=1)[:, [1, 0, 2]]
    return np.asarray((means + 1) / (means + 1).sum(axis=1, keepdims=True), np.float32)


Draw = Callable[..., Path]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Draws a photograph of 200 x 100 pixels with squares as faces."""

    def drawn(name: str = "a.png", **colours: tuple[int, int, int]) -> Path:
        picture = np.full((100, 200, 3), 40, np.uint8)
        for side, colour in colours.items():
            x0, y0, x1, y1 = map(int, LEFT if side == "left" else RIGHT)
            picture[y0:y1, x0:x1] = colour
        cv2.imwrite(str(tmp_path / name), picture)
        return tmp_path / name

    return drawn


def a_face(file: Path, label: Label, box: Box) -> Face:
    return Face(file, "boxes", label, "1", box)


def looked(faces: list[Face], *boxes: Box) -> list[Scene]:
    return Trial(Finder(*boxes), by_colour, LABELS, TAKES).look(faces)


def test_a_face_that_is_found_and_rightly_called_counts_for_both(draw: Draw) -> None:
    file = draw(left=RED, right=GREEN)
    scenes = looked([a_face(file, BARE, LEFT), a_face(file, MASKED, RIGHT)], LEFT, RIGHT)
    report = scene_report(scenes, Finder())
    assert report is not None
    assert [(each.label, each.faces, each.found, each.right) for each in report.labels] == [
        (MASKED, 1, 1, 1),
        (BARE, 1, 1, 1),
    ]
    assert (report.detector, report.false_faces, report.true_compliance, report.reported_compliance) == (
        "told",
        0,
        0.5,
        0.5,
    )


def test_a_missed_face_and_a_false_one_count_against(draw: Draw) -> None:
    file = draw(left=RED, right=RED)
    scenes = looked([a_face(file, MASKED, LEFT)], RIGHT)
    report = scene_report(scenes, Finder())
    assert report is not None
    assert [(each.found, each.right) for each in report.labels] == [(0, 0)]
    assert (report.false_faces, report.true_compliance, report.reported_compliance) == (1, 1.0, 0.0)
    assert scenes[0].mistakes == 2


def test_what_the_network_refuses_as_no_face_is_no_false_face(draw: Draw) -> None:
    scenes = looked([a_face(draw(left=RED, right=BLUE), BARE, LEFT)], LEFT, RIGHT)
    report = scene_report(scenes, Finder())
    assert report is not None
    assert (report.false_faces, report.labels[0].right) == (0, 1)


def test_a_face_that_is_found_but_refused_is_missed(draw: Draw) -> None:
    scenes = looked([a_face(draw(left=BLUE), BARE, LEFT)], LEFT)
    assert [len(scene.missed) for scene in scenes] == [1]


def test_a_wrongly_worn_mask_is_right_unless_it_is_taken_for_a_worn_one(draw: Draw) -> None:
    file = draw(left=RED, right=GREEN)
    scenes = looked([a_face(file, INCORRECT, LEFT), a_face(file, INCORRECT, RIGHT)], LEFT, RIGHT)
    assert [each.is_right for each in scenes[0].found] == [True, False]


def test_faces_of_few_pixels_count_neither_for_nor_against(draw: Draw) -> None:
    small, other = (80.0, 30.0, 100.0, 50.0), (180.0, 80.0, 195.0, 95.0)
    file = draw(left=RED)
    scenes = looked([a_face(file, BARE, LEFT), a_face(file, BARE, small)], LEFT, small, other)
    assert (len(scenes[0].annotated), len(scenes[0].found), scenes[0].mistakes) == (1, 1, 0)


def test_each_face_goes_to_the_box_that_fits_it_best() -> None:
    face = Face(Path("a.jpg"), "boxes", BARE, "1", (0, 0, 100, 100))
    assert matched([(0, 0, 100, 80), (0, 0, 100, 98), (300, 0, 400, 100)], [face]) == [None, face, None]


def test_a_photograph_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    assert looked([a_face(tmp_path / "a.jpg", BARE, LEFT), Face(tmp_path / "b.jpg", "gate", BARE, "1")]) == []


def test_without_photographs_there_is_no_report() -> None:
    assert scene_report([], Finder()) is None


def test_samples_show_the_worst_photographs_and_some_of_the_others(draw: Draw) -> None:
    good = [a_face(draw(f"{number}.png", left=RED), BARE, LEFT) for number in range(6)]
    bad = a_face(draw("bad.png", left=GREEN), BARE, LEFT)
    shown = samples(looked([*good, bad], LEFT), limit=4)
    assert len(shown) == 4
    assert shown[0].file.endswith("bad.png")
    assert shown[0].words == "1 of 1 faces found, 0 rightly labelled, 0 false"
    assert max(shown[0].pixels.shape) >= 420


def test_without_a_teacher_a_cascade_finds_the_faces_and_the_report_says_what_that_means() -> None:
    finder = finder_for(None)
    assert isinstance(finder, HaarFinder)
    assert finder.faces(np.full((100, 100, 3), 90, np.uint8)) == []
    assert "less than half as often" in finder.remark
