from pathlib import Path

import pytest

from deploy.local.shipped_models import ensure_model
from shared.model_registry import CURRENT, ModelError, ModelRegistry
from tests.deploy.models import publish


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    publish(tmp_path / "shipped").promote(1)
    return tmp_path / "shipped"


def test_an_empty_registry_gets_what_is_shipped(tmp_path: Path, shipped: Path) -> None:
    assert ensure_model(tmp_path / "models", "mask", shipped) == 1
    assert ModelRegistry(tmp_path / "models").current() == 1


def test_an_empty_bucket_gets_what_is_shipped_with_its_number(bucket: str, tmp_path: Path) -> None:
    publish(tmp_path / "shipped")
    publish(tmp_path / "shipped", b"two").promote(2)
    root = f"s3://{bucket}/models"
    assert ensure_model(root, "mask", tmp_path / "shipped") == 2
    assert ensure_model(root, "mask", tmp_path / "shipped") == 2
    assert ModelRegistry(root).versions() == [2]


def test_a_start_that_was_killed_before_it_promoted_is_made_up_for(tmp_path: Path, shipped: Path) -> None:
    ensure_model(tmp_path / "models", "mask", shipped)
    (tmp_path / "models" / "mask" / CURRENT).unlink()
    assert ensure_model(tmp_path / "models", "mask", shipped) == 1
    assert ModelRegistry(tmp_path / "models").versions() == [1]


def test_a_registry_where_only_a_publisher_was_killed_counts_as_empty(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "models" / "mask").mkdir(parents=True)
    (tmp_path / "models" / "mask" / ".publishing").touch()
    assert ensure_model(tmp_path / "models", "mask", shipped) == 1


def test_versions_of_the_operator_s_own_are_left_alone(tmp_path: Path, shipped: Path) -> None:
    own = publish(tmp_path / "models", b"one")
    publish(tmp_path / "models", b"two").promote(2)
    assert ensure_model(tmp_path / "models", "mask", shipped) == 2
    assert (own.path(1) / "model.tflite").read_bytes() == b"one"


def test_a_version_with_changed_bytes_is_refused(tmp_path: Path, shipped: Path) -> None:
    ensure_model(tmp_path / "models", "mask", shipped)
    (tmp_path / "models" / "mask" / "1" / "model.tflite").write_bytes(b"other")
    with pytest.raises(ModelError, match="corrupt"):
        ensure_model(tmp_path / "models", "mask", shipped)


def test_a_damaged_promotion_does_not_keep_a_site_dark(tmp_path: Path, shipped: Path) -> None:
    own = publish(tmp_path / "models", b"one")
    publish(tmp_path / "models", b"two").promote(2)
    (own.path(2) / "model.tflite").write_bytes(b"other")
    assert ensure_model(tmp_path / "models", "mask", shipped) == 1
    (own.folder / CURRENT).write_text("no json {")
    assert ensure_model(tmp_path / "models", "mask", shipped) == 1


def test_a_registry_without_a_promoted_version_is_refused(tmp_path: Path, shipped: Path) -> None:
    publish(tmp_path / "models", b"own")
    with pytest.raises(ModelError, match=CURRENT):
        ensure_model(tmp_path / "models", "mask", shipped)


def test_a_product_without_models_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model is promoted"):
        ensure_model(tmp_path / "models", "mask", tmp_path / "nothing")
    assert not (tmp_path / "models").exists()
