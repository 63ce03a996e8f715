"""What a trunk begins with, as far as no network is needed for it; tests of whole trainings do the rest."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.beginnings import beginning, save_trunk
from trainer.settings import TrainingRefused, TrainSettings

Weights = list[NDArray[np.float32]]
KEPT: Weights = [np.array([[0, 0.125, 0.25], [1, 2, 3]], np.float32), np.array([1.5, -2.0], np.float32)]


class Trunk:
    """Takes weights of the shapes of ``KEPT``, as a Keras model takes those of its own."""

    def __init__(self) -> None:
        self.weights: Weights = []

    def set_weights(self, weights: Weights) -> None:
        if [each.shape for each in weights] != [each.shape for each in KEPT]:
            raise ValueError("other shapes")
        self.weights = weights


def settings_for(folder: Path, weights: str) -> TrainSettings:
    return TrainSettings(data=(folder,), registry=str(folder / "models"), weights=weights)


def test_a_trunk_that_was_kept_is_loaded_again(tmp_path: Path) -> None:
    save_trunk(KEPT, tmp_path / "trunk.npz")
    trunk = Trunk()
    beginning(settings_for(tmp_path, str(tmp_path / "trunk.npz"))).load(trunk)
    for given, expected in zip(trunk.weights, KEPT, strict=True):
        assert given.dtype == np.float32
        assert (given == expected).all()


def test_weights_too_large_for_half_precision_are_kept_whole(tmp_path: Path) -> None:
    huge = [np.full((2, 3), 1e6, np.float32), KEPT[1]]
    save_trunk(huge, tmp_path / "trunk.npz")
    trunk = Trunk()
    beginning(settings_for(tmp_path, str(tmp_path / "trunk.npz"))).load(trunk)
    assert (trunk.weights[0] == 1e6).all()


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_a_file_that_keeps_no_trunk_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "trunk.npz").write_bytes(content)
    with pytest.raises(TrainingRefused, match="holds no MobileNetV2 weights"):
        beginning(settings_for(tmp_path, str(tmp_path / "trunk.npz"))).load(Trunk())


def test_a_trunk_of_another_width_is_refused(tmp_path: Path) -> None:
    save_trunk(KEPT[:1], tmp_path / "trunk.npz")
    with pytest.raises(TrainingRefused, match=r"holds no MobileNetV2 weights without top of width 1"):
        beginning(settings_for(tmp_path, str(tmp_path / "trunk.npz"))).load(Trunk())


def test_where_no_version_is_served_current_means_chance(tmp_path: Path) -> None:
    assert beginning(settings_for(tmp_path, "current")).name == "random weights"


def test_a_version_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingRefused, match="cannot go on from version 7"):
        beginning(settings_for(tmp_path, "7"))
