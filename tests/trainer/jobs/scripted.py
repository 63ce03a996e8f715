"""A trainer process whose trainings take no time: the same steps, the same registry, no TensorFlow.

``python -m tests.trainer.jobs.scripted`` is ``python -m trainer`` but for ``trainer.training``. A file
``hold`` in the data folder names a step in which the training stays until it is killed or the file goes.
"""

import sys
import time
import types
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shared.messages import Label
from shared.model_registry import Manifest, ModelInput, ModelRegistry
from trainer.settings import OnProgress, TrainingRefused, TrainProgress, TrainSettings

STEPS = ("reading pictures", "training the head", "fine-tuning", "exporting", "measuring", "publishing")


@dataclass(frozen=True)
class Outcome:
    manifest: Manifest
    promoted: bool
    reasons: tuple[str, ...]
    report: Path | None = None


def train(settings: TrainSettings, on_progress: OnProgress) -> Outcome:
    data = settings.data[0]
    if not data.is_dir():
        raise TrainingRefused(f"there is no data folder {data}")
    if (data / "broken").exists():
        raise RuntimeError("the data folder\nholds a bug")
    for step in STEPS[:-1]:
        on_progress(TrainProgress(step, 0, 10, epoch=2 if step == "fine-tuning" else None, epochs=3, loss=0.25))
        hold(data, step)
        on_progress(TrainProgress(step, 10, 10))
    on_progress(TrainProgress(STEPS[-1], 0, 1))
    registry = ModelRegistry(settings.registry)
    manifest = registry.publish(lambda version, folder: describe(data, version, folder))
    registry.promote(manifest.version)
    return Outcome(manifest, promoted=True, reasons=("no version is served",))


def hold(data: Path, step: str) -> None:
    while (data / "hold").exists() and (data / "hold").read_text() == step:
        time.sleep(0.02)


def describe(data: Path, version: int, folder: Path) -> Manifest:
    (folder / "model.tflite").write_bytes(b"half of the weights")
    hold(data, "publishing")
    return Manifest(
        name="mask",
        version=version,
        created_at=datetime.now(UTC),
        model_file="model.tflite",
        labels=(Label.WITH_MASK, Label.WITHOUT_MASK),
        input=ModelInput(width=96, height=96, scale=1, offset=0, crop_margin=0.1),
        files={},
    )


if __name__ == "__main__":
    stand_in = types.ModuleType("trainer.training")
    stand_in.train = train  # type: ignore[attr-defined]
    sys.modules["trainer.training"] = stand_in
    from trainer.__main__ import main

    sys.exit(main([]))
