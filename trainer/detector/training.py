"""A detector from the first picture to the published version, top to bottom."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from shared.detector_manifest import DetectorManifest
from trainer.detector import cache
from trainer.detector.album import Page, photographs, single_faces
from trainer.detector.batches import batches
from trainer.detector.calibration import CLEAR, Calibration, calibrate
from trainer.detector.figures import Figures, figures, timed
from trainer.detector.opponents import YUNET_CONFIDENCE, haar, yunet
from trainer.detector.publishing import TrainedDetector, publish
from trainer.detector.settings import DetectorSettings
from trainer.detector.teacher import BoxTeacher
from trainer.settings import OnProgress, TrainProgress


def train_detector(settings: DetectorSettings, on_progress: OnProgress) -> DetectorManifest:
    """Train a face detector and publish it as a new version; nothing is published unless everything succeeded.

    Raises:
        TrainingRefused: the data or the teacher cannot be used; one line says why.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    teacher = BoxTeacher(settings.teacher)
    on_progress(TrainProgress("reading pictures", 0, 2))
    files = settings.work / "photographs.npz", settings.work / "single_faces.npz"
    photos = _cached(files[0], lambda: photographs(settings.boxes / "train", teacher))
    on_progress(TrainProgress("reading pictures", 1, 2))
    singles = _cached(files[1], lambda: single_faces(settings.faces, teacher))
    taught_photos, taught_singles = ([page for page in pages if not page.is_validation] for pages in (photos, singles))
    # Seconds to import, which a folder that cannot be read need not wait for.
    from trainer.detector.exported import ExportedDetector, to_litert  # noqa: PLC0415
    from trainer.detector.fitting import Fitting  # noqa: PLC0415

    fitting = Fitting(settings)
    if settings.resume:
        fitting.resume()
    fitting.run(batches(*files, settings.batch, settings.seed), on_progress)
    model = to_litert(fitting.network)
    on_progress(TrainProgress("measuring", 0, 1))
    ours = ExportedDetector(model)
    found, milliseconds = timed(ours.find, [page for page in photos if page.is_validation])
    calibration = calibrate(found)
    metrics = {"ours, validation": figures(found, milliseconds, calibration.logit(CLEAR))}
    metrics |= _tested(settings, model, calibration, teacher)
    trained = TrainedDetector(
        settings, model, fitting.network.count_params(), int(fitting.steps), calibration, metrics, taught_photos,
        taught_singles,
    )  # fmt: skip
    return publish(trained, datetime.now(UTC))


def _cached(path: Path, read: Callable[[], Iterable[Page]]) -> list[Page]:
    if not path.is_file():
        cache.save(read(), path)
    return cache.load(path)


def _tested(
    settings: DetectorSettings, model: bytes, calibration: Calibration, teacher: BoxTeacher
) -> dict[str, Figures]:
    """Ours beside the others on the photographs that nothing was chosen by, where there are any."""
    from trainer.detector.exported import ExportedDetector  # noqa: PLC0415 - as above

    folder = settings.boxes / "test"
    if not folder.is_dir():
        return {}
    pages = list(photographs(folder, teacher))
    clear = calibration.logit(CLEAR)
    runs = {
        "ours": (ExportedDetector(model).find, clear),
        "ours, picture doubled": (ExportedDetector(model, zoom=2).find, clear),
        "YuNet": (yunet(settings.teacher, 1), YUNET_CONFIDENCE),
        "YuNet, picture doubled": (yunet(settings.teacher, 2), YUNET_CONFIDENCE),
        "Haar frontalface_default": (haar(), 0.0),
    }
    return {f"{name}, test": figures(*timed(find, pages), score) for name, (find, score) in runs.items()}
