from pathlib import Path

import pytest

from shared.messages import Label
from shared.model_registry import BACKGROUND
from shared.review import ReviewFolder
from tests.review import an_item, fill
from trainer.corrections import corrected_faces
from trainer.crops import Crop, Cutter
from trainer.settings import TrainingRefused


@pytest.fixture
def folder(tmp_path: Path) -> ReviewFolder:
    return ReviewFolder(tmp_path / "review")


def test_labelled_faces_are_a_source_of_their_own(folder: ReviewFolder) -> None:
    fill(folder, an_item(0), label=Label.WITHOUT_MASK)
    fill(folder, an_item(1))
    (face,) = corrected_faces(folder.root)
    assert (face.source, face.label) == ("corrections", Label.WITHOUT_MASK)
    assert face.file == folder.picture_path(an_item(0).id)


def test_what_is_not_a_face_is_background(folder: ReviewFolder) -> None:
    fill(folder, an_item(0), label="not_a_face")
    assert [face.label for face in corrected_faces(folder.root)] == [BACKGROUND]


def test_a_corrected_face_is_cut_out_without_a_teacher(folder: ReviewFolder) -> None:
    fill(folder, an_item(0), label=Label.WITH_MASK)
    (face,) = corrected_faces(folder.root)
    assert face.box == (18, 18, 78, 78)
    crop = Cutter(None, margin=0.15, side=64).crop(face)
    assert isinstance(crop, Crop)
    assert crop.pixels.shape == (64, 64, 3)
    assert crop.width_px == 60


def test_faces_of_one_camera_and_a_few_minutes_are_one_cluster(folder: ReviewFolder) -> None:
    a_minute, an_hour = 60 * 5, 3600 * 5
    items = [an_item(0), an_item(a_minute), an_item(an_hour), an_item(0, camera="lobby")]
    fill(folder, *items, label=Label.WITH_MASK)
    clusters = {face.file.stem: face.cluster for face in corrected_faces(folder.root)}
    first, soon, late, elsewhere = (clusters[item.id] for item in items)
    assert first == soon
    assert len({first, late, elsewhere}) == 3


def test_half_items_do_not_train(folder: ReviewFolder) -> None:
    fill(folder, an_item(0), an_item(1), label=Label.WITH_MASK)
    folder.picture_path(an_item(0).id).write_bytes(b"half")
    assert len(corrected_faces(folder.root)) == 1


def test_an_empty_folder_has_no_corrections_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    assert corrected_faces(tmp_path) == []
    with pytest.raises(TrainingRefused, match="there is no review folder"):
        corrected_faces(tmp_path / "missing")
