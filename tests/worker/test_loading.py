"""What a worker serves when it starts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.model_registry import ModelError, ModelRegistry
from shared.settings import WorkerSettings
from tests.worker.versions import FAULTS, a_registry
from worker.loading import load_current_classifier, load_servable_pipeline


@pytest.mark.parametrize(("break_it", "outcome"), FAULTS.values(), ids=FAULTS)
def test_a_worker_that_starts_while_a_broken_version_is_promoted_serves_the_newest_sound_one(
    tmp_path: Path, break_it: Callable[[ModelRegistry], None], outcome: str
) -> None:
    break_it(a_registry(tmp_path))
    settings = WorkerSettings(registry=str(tmp_path))
    with pytest.raises(ModelError) as refused:
        load_current_classifier(settings)
    assert refused.value.reason.value == outcome
    pipeline = load_servable_pipeline(settings)
    assert pipeline.classifier.version == 1
    pipeline.close()


def test_without_any_sound_version_it_says_what_is_wrong_with_the_promoted_one(tmp_path: Path) -> None:
    registry = a_registry(tmp_path)
    (registry.path(1) / registry.manifest(1).model_file).write_bytes(b"")
    with pytest.raises(ModelError, match="checksum"):
        load_servable_pipeline(WorkerSettings(registry=str(tmp_path)))
