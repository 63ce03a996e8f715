"""A version that somebody made to harm: what it names leads nowhere else, and nothing is waited for or read on."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.model_files import MAX_FILE_BYTES
from shared.model_registry import CURRENT, MANIFEST, ModelError, ModelRegistry, Refusal
from tests.shared.model_versions import a_version

MODEL = "model.tflite"


@pytest.fixture
def models(tmp_path: Path) -> ModelRegistry:
    models = ModelRegistry(tmp_path / "models")
    models.publish(a_version())
    models.promote(1)
    return models


def in_place_of(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


def refusal(models: ModelRegistry) -> ModelError:
    with pytest.raises(ModelError) as caught:
        models.verified(models.current())
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_file_that_is_a_link_to_another_of_the_machine_is_refused_though_it_has_its_checksum(
    models: ModelRegistry, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes((models.path(1) / MODEL).read_bytes())
    in_place_of(models.path(1) / MODEL, lambda path: path.symlink_to(elsewhere))
    assert "leads out of its version" in str(refusal(models))


def test_a_link_within_the_version_is_followed(models: ModelRegistry) -> None:
    (models.path(1) / MODEL).rename(models.path(1) / "data")
    (models.path(1) / MODEL).symlink_to("data")
    assert models.verified(1).version == 1


@pytest.mark.parametrize("file", [CURRENT, f"1/{MANIFEST}", f"1/{MODEL}"])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(os.mkfifo, id="a pipe that nobody writes to"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), id="a device without end"),
        pytest.param(lambda path: path.symlink_to(path), id="a link to itself"),
        pytest.param(lambda path: path.mkdir(), id="a folder"),
    ],
)
def test_what_is_no_file_is_refused_at_once(models: ModelRegistry, file: str, make: Callable[[Path], object]) -> None:
    in_place_of(models.folder / file, make)
    refusal(models)


def test_a_file_larger_than_any_is_not_read(models: ModelRegistry) -> None:
    with (models.path(1) / MODEL).open("wb") as sparse:
        sparse.truncate(1_000 * MAX_FILE_BYTES)
    assert "is larger than" in str(refusal(models))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["scale", "offset"])
def test_a_manifest_states_numbers(models: ModelRegistry, field: str, number: str) -> None:
    path = models.folder / "1" / MANIFEST
    stated = json.loads(path.read_text())
    stated["input"][field] = "HERE"
    path.write_text(json.dumps(stated).replace('"HERE"', number))
    assert refusal(models).reason is Refusal.MANIFEST
