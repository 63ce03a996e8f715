from pathlib import Path

import cv2
import numpy as np
import pytest

from shared.messages import Box, Label
from worker.labelled_data import UnusableData
from worker.pascal_voc import MAX_XML_BYTES, voc_photographs

# Ten entities, each of ten of the next: 10^10 letters in 600 bytes.
BOMB = (
    '<!DOCTYPE a [<!ENTITY e0 "ha">'
    + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    + "]><annotation><filename>&e9;</filename></annotation>"
)
FOREIGN_FILE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation><filename>&x;</filename></annotation>'


def an_object(name: str = "with_mask", corners: str = "10 20 30 40") -> str:
    """An annotated face; corners are left, top, right, bottom."""
    x0, y0, x1, y1 = corners.split()
    box = f"<xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax>"
    return f"<object><name>{name}</name><difficult>0</difficult><bndbox>{box}</bndbox></object>"


def write_voc(
    folder: Path, stem: str, content: str, annotations: str = "", pictures: str = "", filename: str | None = None
) -> Path:
    """A photograph of 64x48 pixels and its annotation, which names it unless told otherwise."""
    for each in (annotations, pictures):
        (folder / each).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / pictures / f"{stem}.png"), np.zeros((48, 64, 3), np.uint8))
    named = f"<filename>{f'{stem}.png' if filename is None else filename}</filename>"
    size = "<size><width>64</width><height>48</height><depth>3</depth></size>"
    file = folder / annotations / f"{stem}.xml"
    file.write_text(f"<annotation><folder>x</folder>{named}{size}{content}</annotation>")
    return file


def the_refusal(folder: Path) -> str:
    with pytest.raises(UnusableData) as refused:
        voc_photographs(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("annotations", "pictures"), [("annotations", "images"), ("Annotations", "JPEGImages"), ("", "")]
)
def test_the_usual_layouts_are_read(tmp_path: Path, annotations: str, pictures: str) -> None:
    write_voc(tmp_path, "b", an_object("without_mask") + an_object(corners="1.5 2 3 4"), annotations, pictures)
    write_voc(tmp_path, "a", "", annotations, pictures)
    empty, full = voc_photographs(tmp_path)
    assert (empty.image, empty.boxes) == (str(Path(pictures, "a.png")), ())
    assert (full.width, full.height) == (64, 48)
    assert [(each.label, each.box) for each in full.boxes] == [
        (Label.WITHOUT_MASK, Box(10, 20, 30, 40)),
        (Label.WITH_MASK, Box(1.5, 2, 3, 4)),
    ]


@pytest.mark.parametrize("name", ["mask_weared_incorrect", "incorrect_mask"])
def test_a_wrongly_worn_mask_has_two_names(tmp_path: Path, name: str) -> None:
    write_voc(tmp_path, "a", an_object(name))
    assert voc_photographs(tmp_path)[0].boxes[0].label is Label.INCORRECT_MASK


@pytest.mark.parametrize("filename", ["", "a", "a.jpeg", "renamed.png"])
def test_a_picture_that_is_not_there_under_its_name_is_found_by_the_name_of_its_file(
    tmp_path: Path, filename: str
) -> None:
    write_voc(tmp_path, "a", "", "annotations", "images", filename)
    assert voc_photographs(tmp_path)[0].image == "images/a.png"


@pytest.mark.parametrize(
    "filename", ["../a.png", "/etc/passwd", "sub/a.png", "..\\a.png", "C:\\a.png", "..", "annotations/../a.png"]
)
def test_a_path_instead_of_a_name_is_refused(tmp_path: Path, filename: str) -> None:
    write_voc(tmp_path, "a", an_object(), "annotations", "images", filename)
    assert "a name within the folder is expected, no path" in the_refusal(tmp_path)


@pytest.mark.parametrize("xml", [BOMB, FOREIGN_FILE, "<!DOCTYPE annotation><annotation/>"])
def test_a_document_type_is_refused_before_anything_in_it_is_read(tmp_path: Path, xml: str) -> None:
    (tmp_path / "a.xml").write_text(xml)
    assert "a.xml declares a document type" in the_refusal(tmp_path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<annotation>" + " " * MAX_XML_BYTES + "</annotation>")
    assert f"a.xml is larger than {MAX_XML_BYTES} bytes" in the_refusal(tmp_path)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        pytest.param("no xml", "a.xml is not XML", id="no XML"),
        pytest.param("", "a.xml is not XML", id="nothing"),
        pytest.param("<annotation>", "a.xml is not XML", id="cut"),
        pytest.param('<?xml version="1.0" encoding="klingon"?><a/>', "a.xml is not XML", id="an unknown encoding"),
        pytest.param("<a>" * 500_000, "a.xml is not XML", id="nested deeply"),
        pytest.param("<svg/>", "begins with <svg>", id="another XML"),
        pytest.param("<annotation/>", "there is no such picture", id="no picture"),
        pytest.param("<annotation><filename>b.png</filename></annotation>", "annotates b.png", id="a missing picture"),
    ],
)
def test_what_is_no_annotation_is_refused_by_name(tmp_path: Path, xml: str, expected: str) -> None:
    (tmp_path / "a.xml").write_text(xml)
    assert expected in the_refusal(tmp_path)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(an_object("helmet"), "a.xml holds the label 'helmet': expected with_mask", id="an unknown label"),
        pytest.param(an_object(""), "a.xml holds the label ''", id="no label"),
        pytest.param(an_object(corners="a 1 2 3"), "corners are no numbers: a, 1, 2, 3", id="a letter"),
        pytest.param(an_object(corners="nan 1 2 3"), "corners are no numbers", id="no number"),
        pytest.param("<object><name>with_mask</name></object>", "corners are no numbers", id="no box"),
    ],
)
def test_what_is_no_face_is_refused_by_name(tmp_path: Path, item: str, expected: str) -> None:
    write_voc(tmp_path, "a", item)
    assert expected in the_refusal(tmp_path)


def test_what_an_archive_leaves_beside_the_files_is_passed_over(tmp_path: Path) -> None:
    write_voc(tmp_path, "a", "")
    (tmp_path / "._a.xml").write_bytes(b"\x00\x05\x16\x07")
    assert len(voc_photographs(tmp_path)) == 1


def test_a_folder_without_such_files_holds_none(tmp_path: Path) -> None:
    assert voc_photographs(tmp_path) == []
    assert voc_photographs(tmp_path / "missing") == []
