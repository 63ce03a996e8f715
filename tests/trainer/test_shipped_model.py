"""The model that a fresh start serves."""

from pathlib import Path

import pytest

from shared.messages import Label
from shared.model_registry import BACKGROUND, Manifest, ModelRegistry
from tests.trainer.test_training import assert_gives_golden_outputs

MODELS = Path(__file__).parents[2] / "worker" / "models"
MAX_BYTES = 12_000_000


@pytest.fixture
def registry() -> ModelRegistry:
    return ModelRegistry(MODELS)


@pytest.fixture
def manifest(registry: ModelRegistry) -> Manifest:
    return registry.verified(registry.current())


def test_the_shipped_model_gives_its_golden_outputs(registry: ModelRegistry, manifest: Manifest) -> None:
    assert_gives_golden_outputs(manifest, registry.path(manifest.version))


def test_the_shipped_model_sees_a_mask_where_one_is_drawn_and_no_face_in_noise(manifest: Manifest) -> None:
    answers = {
        Path(check.file).stem: manifest.labels[check.probabilities.index(max(check.probabilities))]
        for check in manifest.golden
    }
    # A drawn face without a mask is a drawing to it as often as a face.
    assert {name for name, answer in answers.items() if answer == Label.WITH_MASK} == {"masked_1", "masked_2"}
    assert answers["noise"] == BACKGROUND


def test_one_version_is_shipped_and_it_is_small(registry: ModelRegistry) -> None:
    assert registry.versions() == [registry.current()]
    files = [path for path in registry.folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MAX_BYTES


def test_the_card_states_licences_and_limits(registry: ModelRegistry, manifest: Manifest) -> None:
    card = (registry.path(manifest.version) / "MODEL_CARD.md").read_text()
    for heading in ("licences", "Limits", "How to reproduce"):
        assert heading in card
