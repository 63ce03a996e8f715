import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared.messages import Box
from shared.model_registry import MANIFEST, ModelError, ModelRegistry
from tests.worker.drawn import a_scene
from worker.classifier import FACES_A_CALL, Classifier, load_classifier

SEEDED = np.random.default_rng(3)


def crops(count: int) -> list[np.ndarray]:
    return [SEEDED.integers(0, 256, (50, 50, 3), np.uint8) for _ in range(count)]


@pytest.mark.parametrize("count", range(1, 2 * FACES_A_CALL + 2))
def test_faces_are_judged_the_same_alone_and_in_a_batch_of_any_size(classifier: Classifier, count: int) -> None:
    faces = crops(count)
    together = classifier.probabilities(faces)
    alone = np.concatenate([classifier.probabilities([face]) for face in faces])
    assert together.shape == (len(faces), len(classifier.manifest.labels))
    assert np.allclose(together, alone, atol=1e-3)


def test_no_faces_give_no_judgements(classifier: Classifier) -> None:
    assert classifier.classify([]) == []


def test_confidences_are_probabilities_of_the_likeliest_label(classifier: Classifier) -> None:
    labels = classifier.manifest.labels
    for judgement in classifier.classify(crops(8)):
        assert 1 / len(labels) <= judgement.confidence <= 1
        assert judgement.label in labels


def test_a_higher_temperature_makes_less_sure_of_the_same_label(registry_root: Path) -> None:
    faces = crops(8)
    plain = load_classifier(ModelRegistry(registry_root)).classify(faces)
    change_manifest(registry_root, temperature=8.0)
    cautious = load_classifier(ModelRegistry(registry_root)).classify(faces)
    assert [each.label for each in cautious] == [each.label for each in plain]
    assert all(after.confidence < before.confidence for before, after in zip(plain, cautious, strict=True))


def test_a_crop_is_the_square_with_the_margin_of_the_manifest_at_the_input_size(classifier: Classifier) -> None:
    takes = classifier.manifest.input
    crop = classifier.crop(a_scene((200, 200, 120)), Box(150, 140, 250, 270))
    assert crop.shape == (takes.height, takes.width, 3)


def version_folder(root: Path) -> Path:
    return ModelRegistry(root).path(ModelRegistry(root).current())


def change_manifest(root: Path, **changes: object) -> None:
    path = version_folder(root) / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def model_file(root: Path) -> Path:
    return version_folder(root) / ModelRegistry(root).manifest(ModelRegistry(root).current()).model_file


def restate_checksums(root: Path) -> None:
    """Publish the damaged files under checksums of their own, as a faulty trainer would."""
    registry = ModelRegistry(root)
    damaged, manifest = version_folder(root), registry.manifest(registry.current())

    def describe(version: int, folder: Path) -> object:
        for name in manifest.files:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(damaged / name, folder / name)
        return manifest

    registry.promote(registry.publish(describe).version)  # type: ignore[arg-type]


def refusal(root: Path) -> str:
    with pytest.raises(ModelError) as caught:
        load_classifier(ModelRegistry(root))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_truncated_model_is_refused(registry_root: Path) -> None:
    path = model_file(registry_root)
    path.write_bytes(path.read_bytes()[:-100])
    assert "checksum" in refusal(registry_root)


def test_a_truncated_model_with_its_own_checksum_is_refused(registry_root: Path) -> None:
    path = model_file(registry_root)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    restate_checksums(registry_root)
    assert "does not run" in refusal(registry_root)


def test_a_model_that_is_no_model_is_refused(registry_root: Path) -> None:
    model_file(registry_root).write_bytes(b"not a model at all" * 100)
    restate_checksums(registry_root)
    assert "does not run" in refusal(registry_root)


def test_a_missing_file_is_refused(registry_root: Path) -> None:
    path = model_file(registry_root)
    path.unlink()
    assert path.name in refusal(registry_root)


def test_a_model_that_gives_other_outputs_than_where_it_was_made_is_refused(registry_root: Path) -> None:
    manifest = json.loads((version_folder(registry_root) / MANIFEST).read_text())
    golden = manifest["golden"][0]
    golden["probabilities"] = golden["probabilities"][::-1]
    change_manifest(registry_root, golden=[golden | {"tolerance": 1e-6}])
    assert "golden" in refusal(registry_root)


def test_a_golden_picture_that_no_checksum_is_stated_of_is_refused(registry_root: Path) -> None:
    manifest = json.loads((version_folder(registry_root) / MANIFEST).read_text())
    golden = manifest["golden"][0]
    (version_folder(registry_root) / "golden" / "other.png").symlink_to(version_folder(registry_root) / golden["file"])
    change_manifest(registry_root, golden=[golden | {"file": "golden/other.png"}])
    assert "without a checksum" in refusal(registry_root)


def test_a_golden_picture_that_claims_more_than_any_face_is_refused(registry_root: Path) -> None:
    manifest = json.loads((version_folder(registry_root) / MANIFEST).read_text())
    golden = version_folder(registry_root) / manifest["golden"][0]["file"]
    Image.new("L", (20_000, 300)).save(golden, "PNG")
    restate_checksums(registry_root)
    assert "golden" in refusal(registry_root)


def test_a_model_with_another_number_of_labels_is_refused(registry_root: Path) -> None:
    change_manifest(registry_root, labels=["with_mask", "without_mask"])
    assert "labels" in refusal(registry_root)


def test_an_empty_registry_is_refused(tmp_path: Path) -> None:
    assert "no model is promoted" in refusal(tmp_path)
