import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.messages import Box
from tests.worker.test_pascal_voc import an_object, write_voc
from worker.annotated_photographs import annotated_photographs, read_photograph
from worker.labelled_data import UnusableData

WIDTH, HEIGHT = 64, 48


def a_folder(folder: Path, *boxes: list[float], **stated: int) -> Path:
    """One grey photograph of 64x48 pixels, with masked faces in these boxes."""
    write_grey(folder / "one.png")
    faces = [{"label": "with_mask", "box": box} for box in boxes]
    write_boxes(folder, {"image": "one.png", "boxes": faces, **stated})
    return folder


def write_grey(path: Path) -> None:
    cv2.imwrite(str(path), np.full((HEIGHT, WIDTH, 3), 90, np.uint8))


def write_boxes(folder: Path, *photographs: object) -> None:
    (folder / "boxes.json").write_text(json.dumps(photographs))


def the_refusal(folder: Path) -> str:
    with pytest.raises(UnusableData) as refused:
        annotated_photographs(folder)
    return str(refused.value)


def test_a_box_that_sticks_out_is_cut_at_the_edge(tmp_path: Path) -> None:
    (photograph,) = annotated_photographs(a_folder(tmp_path, [-3, 10, 30, 49])).photographs
    assert photograph.boxes[0].box == Box(0, 10, 30, HEIGHT)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param([30, 10, 30, 40], "one.png: the box 30, 10, 30, 40 has no area", id="no width"),
        pytest.param([40, 10, 30, 40], "has no area", id="right and left changed"),
        pytest.param([70, 10, 90, 40], "lies outside of the picture, 64x48", id="beside the picture"),
        pytest.param([1, 1, float("inf"), 9], "the box 1, 1, inf, 9 has no area", id="no end"),
        pytest.param([1, 1, 9], "boxes.0.box", id="three corners"),
    ],
)
def test_a_box_that_can_be_no_face_is_refused(tmp_path: Path, box: list[float], expected: str) -> None:
    assert expected in the_refusal(a_folder(tmp_path, box))


def test_an_unknown_label_is_named(tmp_path: Path) -> None:
    write_grey(tmp_path / "one.png")
    write_boxes(tmp_path, {"image": "one.png", "boxes": [{"label": "hat", "box": [1, 1, 9, 9]}]})
    assert "0.boxes.0.label is 'hat'" in the_refusal(tmp_path)


def test_a_picture_that_was_turned_since_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, width=HEIGHT, height=WIDTH)
    assert "has 64x48 pixels, its annotation says 48x64" in the_refusal(folder)


def test_a_size_of_nought_states_nothing(tmp_path: Path) -> None:
    assert annotated_photographs(a_folder(tmp_path, width=0, height=0)).photographs


def test_a_picture_that_is_annotated_twice_is_refused(tmp_path: Path) -> None:
    write_grey(tmp_path / "one.png")
    write_boxes(tmp_path, *[{"image": "one.png", "boxes": []}] * 2)
    assert "one.png is annotated 2 times" in the_refusal(tmp_path)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    write_boxes(tmp_path, {"image": "gone.png", "boxes": []})
    assert "there is no file" in the_refusal(tmp_path)


def test_a_picture_of_more_pixels_than_anybody_annotates_is_refused_by_its_header(tmp_path: Path) -> None:
    (tmp_path / "huge.bmp").write_bytes(a_bmp_header(width=60_000, height=60_000))
    write_boxes(tmp_path, {"image": "huge.bmp", "boxes": []})
    assert "huge.bmp has more than 40000000 pixels" in the_refusal(tmp_path)


def a_bmp_header(width: int, height: int) -> bytes:
    """A BMP that states a size and holds no pixels."""
    small = cv2.imencode(".bmp", np.zeros((1, 1, 3), np.uint8))[1].tobytes()
    return small[:18] + width.to_bytes(4, "little") + height.to_bytes(4, "little") + small[26:]


def test_no_photographs_at_all_are_refused_with_what_is_expected(tmp_path: Path) -> None:
    assert "annotations/*.xml" in the_refusal(tmp_path)
    write_boxes(tmp_path)
    assert "no photographs are annotated" in the_refusal(tmp_path)


def test_files_that_are_no_pictures_are_named_beside_the_others(tmp_path: Path) -> None:
    write_grey(tmp_path / "one.png")
    (tmp_path / "notes.jpg").write_text("no picture")
    write_boxes(tmp_path, {"image": "one.png", "boxes": []}, {"image": "notes.jpg", "boxes": []})
    found = annotated_photographs(tmp_path)
    assert ([each.image for each in found.photographs], found.unreadable) == (["one.png"], ("notes.jpg",))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
def test_a_cut_file_is_no_picture_and_nothing_is_printed(
    tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    whole = cv2.imencode(suffix, noise)[1].tobytes()
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(whole[: len(whole) // 2])
    assert read_photograph(path) is None
    path.write_bytes(whole)
    assert read_photograph(path) is not None
    assert capfd.readouterr().err == ""


def test_boxes_json_goes_before_xml_files(tmp_path: Path) -> None:
    write_voc(tmp_path, "one", an_object(), "annotations", "images")
    a_folder(tmp_path, [1, 2, 3, 4])
    (photograph,) = annotated_photographs(tmp_path).photographs
    assert photograph.image == "one.png"
