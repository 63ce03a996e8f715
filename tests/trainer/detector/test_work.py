"""A folder of work is gone on with only by the training that it is of."""

import json
from pathlib import Path

import pytest

from tests.trainer.detector.drawn_data import drawn_settings, read_already
from trainer.detector.losses import LossLog, LossRow
from trainer.detector.reading import data_of, dropped_from, material_in, material_of
from trainer.detector.settings import DetectorSettings
from trainer.detector.work import CHECKPOINTS, mark_published, working_in
from trainer.settings import TrainingRefused


def begin(settings: DetectorSettings) -> None:
    """Work there as a training does, and be cut off after the first checkpoint."""
    with working_in(settings, data_of(settings)):
        (settings.work / CHECKPOINTS).mkdir(exist_ok=True)
        LossLog(settings.work).append(LossRow(50, 1, 0.5, 0.001))


def test_a_training_that_was_cut_off_is_neither_mixed_up_nor_thrown_away(tmp_path: Path) -> None:
    settings = drawn_settings(tmp_path)
    begin(settings)
    with pytest.raises(TrainingRefused, match="was cut off: go on with --resume, or begin anew with --fresh"):
        begin(settings)
    begin(drawn_settings(tmp_path, resume=True, minutes=9))
    assert len(LossLog(settings.work).rows()) == 2
    begin(drawn_settings(tmp_path, fresh=True))
    assert len(LossLog(settings.work).rows()) == 1


def test_a_published_training_makes_room_for_the_next(tmp_path: Path) -> None:
    settings = drawn_settings(tmp_path)
    begin(settings)
    mark_published(settings.work, 4)
    begin(settings)
    assert len(LossLog(settings.work).rows()) == 1


def test_a_training_of_other_data_or_settings_does_not_go_on(tmp_path: Path) -> None:
    begin(drawn_settings(tmp_path))
    for resume in (True, False):
        with pytest.raises(TrainingRefused, match="of other seed: begin anew with --fresh"):
            begin(drawn_settings(tmp_path, seed=2, resume=resume))
    boxes = tmp_path / "boxes" / "boxes.json"
    settings = drawn_settings(tmp_path, resume=True)
    boxes.write_text(json.dumps(json.loads(boxes.read_bytes())[1:]))
    with pytest.raises(TrainingRefused, match="of other data"):
        begin(settings)


def test_there_is_nothing_to_go_on_with_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="holds no training to go on with"):
        begin(drawn_settings(tmp_path, resume=True))


def test_checkpoints_that_nobody_knows_are_left_alone(tmp_path: Path) -> None:
    settings = drawn_settings(tmp_path)
    (settings.work / CHECKPOINTS).mkdir(parents=True)
    with pytest.raises(TrainingRefused, match="who knows what data"):
        begin(settings)


def test_two_trainings_do_not_share_a_folder(tmp_path: Path) -> None:
    settings = drawn_settings(tmp_path)
    data = data_of(settings)
    with (
        working_in(settings, data),
        pytest.raises(TrainingRefused, match="another training works"),
        working_in(settings, data),
    ):
        pass


def test_what_was_read_is_used_again_for_the_same_data_only(tmp_path: Path) -> None:
    settings = drawn_settings(tmp_path)
    data = read_already(settings)
    material = material_of(settings, data, lambda _: None)
    assert dropped_from(material) == []
    (tmp_path / "teacher.onnx").write_bytes(b"another teacher")
    assert material_in(settings.work, data_of(settings)) != material
    with pytest.raises(TrainingRefused, match="is not a YuNet face detector"):
        material_of(settings, data_of(settings), lambda _: None)


def test_losses_after_the_checkpoint_are_forgotten_and_torn_lines_too(tmp_path: Path) -> None:
    log = LossLog(tmp_path)
    for step in (50, 100, 150):
        log.append(LossRow(step, step / 10, 1 / step, 0.003))
    with (tmp_path / "losses.csv").open("a") as lines:
        lines.write("200,2")
    log.keep_to(100)
    assert [row.step for row in log.rows()] == [50, 100]
