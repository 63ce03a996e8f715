"""A detector from the first picture to the version that is served, top to bottom."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.model_registry import GateRecord
from trainer.detector.batches import Material, batches, samples
from trainer.detector.mining import FalseFaces, mine
from trainer.detector.reading import Data, data_of, dropped_from, material_of
from trainer.detector.settings import DetectorSettings, ModelPrecision
from trainer.detector.trained import Fitted, Lesson, TrainedDetector
from trainer.detector.work import mark_published, working_in
from trainer.report.machine import Stopwatch
from trainer.settings import OnProgress, TrainProgress

if TYPE_CHECKING:
    from trainer.detector.choosing import Measured
    from trainer.detector.fitting import Fitting
    from trainer.detector.network import Network
    from trainer.detector.promotion import Outcome

# False faces are looked for when these parts of the time are spent, and shown again from then on: once when
# they are few enough to say something, and once when the rate rises anew.
MINED_AFTER = (0.32, 0.81)
MINED_LOGIT = -1.5


def train_detector(settings: DetectorSettings, on_progress: OnProgress) -> "Outcome":
    """Train a face detector, publish it as a new version, and serve it if it passes.

    Nothing is published unless everything succeeded. One that is cut off goes on with ``settings.resume``.

    Raises:
        TrainingRefused: the data, the teacher or the folder of work cannot be used; one line says why.
    """
    stopwatch, started_at = Stopwatch(), datetime.now(UTC)
    data = data_of(settings)
    with working_in(settings, data):
        with stopwatch.step("reading pictures"):
            material = material_of(settings, data, on_progress)
        with stopwatch.step("fitting"):
            fitting = _fitted(settings, material, on_progress)
        with stopwatch.step("exporting"):
            models = _exported(settings, material, fitting.averaged(), on_progress)
        with stopwatch.step("measuring"):
            measured, gate = _measured(settings, material, models, on_progress)
        lesson = _lesson(data, material)
        trained = TrainedDetector(settings, lesson, _summary(fitting), models, measured, gate, started_at, stopwatch)
        outcome = _published(trained, on_progress)
        mark_published(settings.work, outcome.manifest.version)
        return outcome


def _fitted(settings: DetectorSettings, material: Material, on_progress: OnProgress) -> "Fitting":
    """First on all scenes, then on its false faces too."""
    # Seconds to import, which a folder that cannot be read need not wait for.
    from trainer.detector.fitting import Fitting  # noqa: PLC0415

    fitting = Fitting(settings)
    if settings.resume:
        fitting.resume()
    for look, until in enumerate((*MINED_AFTER, 1.0)):
        if fitting.share_done < until:
            if FalseFaces.load(material.false_faces).look < look:
                _mine(fitting.present(), material, look, on_progress)
            with batches(material, settings.batch, settings.seed + int(fitting.steps)) as scenes:
                fitting.run(scenes, on_progress, until)
    return fitting


def _mine(network: "Network", material: Material, look: int, on_progress: OnProgress) -> None:
    from trainer.detector.exported import ExportedDetector, to_litert  # noqa: PLC0415 - as above

    on_progress(TrainProgress("looking for false faces", 0, 1))
    detector = ExportedDetector(to_litert(network, "float16"), least_logit=MINED_LOGIT)
    taught = [page for pages in material.taught() for page in pages]
    mine(detector.find, taught, look).save(material.false_faces)
    on_progress(TrainProgress("looking for false faces", 1, 1))


def _exported(
    settings: DetectorSettings, material: Material, network: "Network", on_progress: OnProgress
) -> dict[ModelPrecision, bytes]:
    from trainer.detector.exported import to_litert  # noqa: PLC0415 - as above

    models: dict[ModelPrecision, bytes] = {}
    on_progress(TrainProgress("exporting", 0, 2))
    models["float16"] = to_litert(network, "float16")
    on_progress(TrainProgress("exporting", 1, 2))
    models["int8"] = to_litert(network, "int8", samples(material, settings.seed))
    on_progress(TrainProgress("exporting", 2, 2))
    return models


def _measured(
    settings: DetectorSettings, material: Material, models: dict[ModelPrecision, bytes], on_progress: OnProgress
) -> "tuple[Measured, GateRecord]":
    from trainer.detector.choosing import choose_and_measure  # noqa: PLC0415 - as above
    from trainer.detector.promotion import pass_gate  # noqa: PLC0415 - as above

    measured = choose_and_measure(settings, models, material.validation(), on_progress)
    return measured, pass_gate(settings, measured.candidate, measured.served)


def _lesson(data: Data, material: Material) -> Lesson:
    photos, singles = material.taught()
    false_faces = len(FalseFaces.load(material.false_faces).boxes)
    return Lesson(data.teacher, photos, singles, dropped_from(material), false_faces)


def _summary(fitting: "Fitting") -> Fitted:
    return Fitted(fitting.network.count_params(), fitting.precision, int(fitting.steps), fitting.losses.rows())


def _published(trained: TrainedDetector, on_progress: OnProgress) -> "Outcome":
    from trainer.detector.publishing import publish  # noqa: PLC0415 - as above

    on_progress(TrainProgress("publishing", 0, 1))
    outcome = publish(trained, datetime.now(UTC))
    on_progress(TrainProgress("publishing", 1, 1))
    return outcome
