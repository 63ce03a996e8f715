"""Whether a published version is served: what the gate said, what was asked, what is recorded."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shared.connections import Servers
from shared.messages import Label
from shared.model_registry import BACKGROUND, GateRecord, Manifest, ModelError, ModelRegistry
from tests.deploy.models import publish
from trainer.crops import Crop
from trainer.data_set import Face
from trainer.evaluation import Judged
from trainer.labels import LABELS
from trainer.measuring import Measured
from trainer.promotion import Served, decide, judge_served, pass_gate, reading_of
from trainer.settings import TrainSettings

REFUSED = GateRecord(passed=False, compared_with=1, reasons=("overall: worse",))
PASSED = GateRecord(passed=True, compared_with=1)


def a_judged(label: Label, right: bool = True) -> Judged:
    crop = Crop(Face(Path("face.jpg"), "gate", label, ""), np.zeros((96, 96, 3), np.uint8), 40.0)
    is_masked = (label == Label.WITH_MASK) == right
    return Judged(crop, np.array([0.9, 0.1] if is_masked else [0.1, 0.9], np.float32))


MEASURED = Measured({"test": [a_judged(label) for label in (Label.WITH_MASK, Label.WITHOUT_MASK) * 20]}, 1.0)
NOBODY = Served(None, None)


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path)


def published(registry: ModelRegistry, gate: GateRecord | None) -> Manifest:
    publish(registry.folder.parent, gate=gate)
    return registry.manifest(registry.versions()[-1])


def settings_for(registry: ModelRegistry, promote: bool = True, force: bool = False) -> TrainSettings:
    return TrainSettings(data=(Path(),), registry=str(registry.folder.parent), promote=promote, force=force)


def test_a_version_that_passed_is_served(registry: ModelRegistry) -> None:
    manifest = published(registry, PASSED)
    decision = decide(settings_for(registry), manifest, MEASURED, NOBODY, lambda _: None)
    assert decision.promoted
    assert registry.current() == manifest.version


def test_a_version_that_did_not_pass_is_published_and_not_served(registry: ModelRegistry) -> None:
    manifest = published(registry, REFUSED)
    decision = decide(settings_for(registry), manifest, MEASURED, NOBODY, lambda _: None)
    assert (decision.promoted, decision.reasons) == (False, REFUSED.reasons)
    with pytest.raises(ModelError):
        registry.current()


def test_force_serves_it_and_stands_in_its_manifest(registry: ModelRegistry) -> None:
    settings = settings_for(registry, force=True)
    record = pass_gate(settings, Measured({"test": [a_judged(Label.WITH_MASK, right=False)] * 20}, 1.0), NOBODY)
    assert record.forced
    manifest = published(registry, record)
    decision = decide(settings, manifest, MEASURED, NOBODY, lambda _: None)
    assert decision.promoted
    assert "forced, although" in decision.reasons[0]
    kept = registry.manifest(registry.current()).gate
    assert kept is not None
    assert (kept.passed, kept.forced) == (False, True)


def test_without_promotion_nothing_is_served_however_good(registry: ModelRegistry) -> None:
    manifest = published(registry, PASSED)
    assert not decide(settings_for(registry, promote=False), manifest, MEASURED, NOBODY, lambda _: None).promoted


def test_a_shadow_check_without_live_faces_keeps_it_from_being_served(
    registry: ModelRegistry, servers: Servers, redis_url: str
) -> None:
    manifest = published(registry, PASSED)
    settings = settings_for(registry).model_copy(update={"shadow_s": 0.5, "state_redis": redis_url})
    decision = decide(settings, manifest, MEASURED, NOBODY, lambda _: None)
    assert not decision.promoted
    assert "no camera saw" in decision.reasons[0]
    kept = registry.manifest(manifest.version).gate
    assert kept is not None
    assert kept.passed  # nothing is known against it: another check may let it be served


def test_a_served_version_that_does_not_run_is_no_rival(registry: ModelRegistry) -> None:
    registry.promote(published(registry, None).version)
    served = judge_served(settings_for(registry), MEASURED, lambda _: None)
    assert served.version is None
    assert served.why_not


def test_what_a_version_no_longer_tells_apart_is_said(registry: ModelRegistry) -> None:
    known = replace(a_judged(Label.WITH_MASK), classes=(*LABELS, BACKGROUND))
    decision = decide(settings_for(registry), published(registry, PASSED), MEASURED, Served(1, [known]), lambda _: None)
    assert decision.promoted
    assert "no longer tells background apart" in decision.reasons[1]


def test_a_reading_is_the_share_of_each_label_called_bare() -> None:
    judged = [a_judged(Label.WITHOUT_MASK, right=number > 0) for number in range(4)] + [a_judged(Label.WITH_MASK)]
    assert (reading_of(judged).bare_as_bare, reading_of(judged).masked_as_bare) == (0.75, 0.0)
