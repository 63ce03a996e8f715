"""A detector from the first picture to the published version, top to bottom."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shared.detector_manifest import DetectorManifest
from trainer.detector import cache
from trainer.detector.album import Page, photographs, single_faces
from trainer.detector.batches import Material, batches, samples
from trainer.detector.calibration import CLEAR, Calibration, calibrate, chosen_precision
from trainer.detector.mining import FalseFaces, mine
from trainer.detector.settings import DetectorSettings, ModelPrecision
from trainer.detector.teacher import BoxTeacher
from trainer.settings import OnProgress, TrainProgress

if TYPE_CHECKING:
    from trainer.detector.network import Network
    from trainer.detector.trials import Trial

# Before this part of the time is spent, false faces are many and say little; after it, they are shown again.
MINED_AFTER = 0.4
MINED_LOGIT = -1.5


def train_detector(settings: DetectorSettings, on_progress: OnProgress) -> DetectorManifest:
    """Train a face detector and publish it as a new version; nothing is published unless everything succeeded.

    Raises:
        TrainingRefused: the data or the teacher cannot be used; one line says why.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    teacher = BoxTeacher(settings.teacher)
    material = _material(settings, teacher, on_progress)
    network, steps = _fitted(settings, material, on_progress)
    return _published(settings, material, network, steps, on_progress)


def _material(settings: DetectorSettings, teacher: BoxTeacher, on_progress: OnProgress) -> Material:
    material = Material(*(settings.work / f"{name}.npz" for name in ("photographs", "single_faces", "false_faces")))
    on_progress(TrainProgress("reading pictures", 0, 2))
    _keep(material.photographs, lambda: photographs(settings.boxes / "train", teacher))
    on_progress(TrainProgress("reading pictures", 1, 2))
    _keep(material.singles, lambda: single_faces(settings.faces, teacher))
    on_progress(TrainProgress("reading pictures", 2, 2))
    return material


def _keep(path: Path, pages: Callable[[], Iterable[Page]]) -> None:
    if not path.is_file():
        cache.save(pages(), path)


def _fitted(settings: DetectorSettings, material: Material, on_progress: OnProgress) -> "tuple[Network, int]":
    """The network, and the steps that it took: first on all scenes, then on its false faces too."""
    # Seconds to import, which a folder that cannot be read need not wait for.
    from trainer.detector.fitting import Fitting  # noqa: PLC0415

    fitting = Fitting(settings)
    if settings.resume:
        fitting.resume()
    if fitting.share_done < MINED_AFTER:
        material.false_faces.unlink(missing_ok=True)
        with batches(material, settings.batch, settings.seed) as scenes:
            fitting.run(scenes, on_progress, MINED_AFTER)
    if not material.false_faces.is_file():
        on_progress(TrainProgress("looking for false faces", 0, 1))
        _mine(fitting.averaged(), material)
    with batches(material, settings.batch, settings.seed + int(fitting.steps)) as scenes:
        fitting.run(scenes, on_progress)
    return fitting.averaged(), int(fitting.steps)


def _mine(network: "Network", material: Material) -> None:
    from trainer.detector.exported import ExportedDetector, to_litert  # noqa: PLC0415 - as above

    detector = ExportedDetector(to_litert(network, "float16"), least_logit=MINED_LOGIT)
    taught = [page for pages in material.taught() for page in pages]
    mine(detector.find, taught).save(material.false_faces)


def _published(
    settings: DetectorSettings, material: Material, network: "Network", steps: int, on_progress: OnProgress
) -> DetectorManifest:
    from trainer.detector.exported import to_litert  # noqa: PLC0415 - as above
    from trainer.detector.publishing import TrainedDetector, publish  # noqa: PLC0415 - as above

    on_progress(TrainProgress("exporting", 0, 1))
    photos, singles = material.taught()
    models: dict[ModelPrecision, bytes] = {
        "float16": to_litert(network, "float16"),
        "int8": to_litert(network, "int8", samples(material, settings.seed)),
    }
    on_progress(TrainProgress("measuring", 0, 1))
    precision, calibration, trials = _measured(settings, material, models)
    trained = TrainedDetector(
        settings, models[precision], precision, network.count_params(), steps, calibration, trials,
        len(FalseFaces.load(material.false_faces).boxes), photos, singles,
    )  # fmt: skip
    return publish(trained, datetime.now(UTC))


def _measured(
    settings: DetectorSettings, material: Material, models: dict[ModelPrecision, bytes]
) -> "tuple[ModelPrecision, Calibration, tuple[Trial, ...]]":
    """Choose among the files by validation, then measure the chosen one beside the others where nothing was chosen."""
    from trainer.detector import trials as trial  # noqa: PLC0415 - as above

    validation = material.validation()
    chosen = {name: trial.try_ours(model, name, "validation", validation, 0.0) for name, model in models.items()}
    precision = chosen_precision({name: each.findings for name, each in chosen.items()}, settings.precision)
    calibration = calibrate(chosen[precision].findings)
    clear = calibration.logit(CLEAR)
    trials = [replace(each, score=clear) for each in chosen.values()]
    if (settings.boxes / "test").is_dir():
        pages = list(photographs(settings.boxes / "test", BoxTeacher(settings.teacher)))
        trials += trial.try_sizes(models, "test", pages, clear)
        trials += trial.try_opponents(settings.teacher, "test", pages)
    return precision, calibration, tuple(trials)
