"""A training from the first picture to the published version, top to bottom."""

from datetime import UTC, datetime

from shared.model_registry import Manifest
from trainer.crops import cut_all
from trainer.data_set import Face
from trainer.evaluation import ExportedNetwork, Figures, Judged, breakdown, fit_temperature, judge
from trainer.export import Trained, publish, to_litert
from trainer.fitting import fit
from trainer.parts import Parts, exact_cutter, load_parts, reading
from trainer.settings import OnProgress, TrainProgress, TrainSettings


def train(settings: TrainSettings, on_progress: OnProgress) -> Manifest:
    """Train a classifier on labelled faces and publish it as a new model version.

    Nothing is published unless everything succeeded.

    Raises:
        TrainingRefused: the data, weights or teacher cannot be used; one line says why.
    """
    parts = load_parts(settings, on_progress)
    learn = settings.incorrect_masks == "without_mask"
    network, history = fit(
        settings,
        parts.pictures(parts.split.train, incorrect=learn),
        parts.pictures(parts.split.validation, incorrect=False),
        on_progress,
    )
    model = to_litert(network)
    temperature, metrics = measure(settings, parts, model, on_progress)
    on_progress(TrainProgress("publishing", 0, 1))
    manifest = publish(Trained(settings, model, temperature, metrics, history, parts), datetime.now(UTC))
    on_progress(TrainProgress("publishing", 1, 1))
    return manifest


def measure(
    settings: TrainSettings, parts: Parts, model: bytes, on_progress: OnProgress
) -> tuple[float, dict[str, Figures]]:
    """The calibration temperature, fitted on the validation part, and the figures of all measured parts."""
    network = ExportedNetwork(model)
    validation = _judged(settings, network, [crop.face for crop in parts.split.validation], on_progress)
    test = _judged(settings, network, [crop.face for crop in parts.split.test], on_progress)
    other = _judged(settings, network, parts.other_source, on_progress)
    metrics = breakdown("validation", validation) | breakdown("test", test) | breakdown("boxes test", other)
    return fit_temperature(validation), metrics


def _judged(
    settings: TrainSettings, network: ExportedNetwork, faces: list[Face], on_progress: OnProgress
) -> list[Judged]:
    """Faces cut anew from their pictures, exactly as a worker cuts them, and judged."""
    crops, _ = cut_all(faces, exact_cutter(settings), reading(len(faces), on_progress, "measuring"))
    return judge(network, crops)
