"""Runs what `maskwatch evaluate` measures, with a progress bar."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from console.errors import BadInput
from console.evaluating_options import Choice
from console.progress import progress_bars
from shared.settings import WorkerSettings
from worker import evaluation
from worker.detectors import DetectorUnavailable
from worker.offline import UnreadableSource

Show = Callable[[int, int], None]


def on_photographs(folder: Path, choice: Choice) -> dict[str, evaluation.Evaluation]:
    """What each detector makes of annotated photographs, by its name.

    Raises:
        BadInput: a detector, a version or the annotations cannot be used.
        ModelError: there is no sound model.
    """
    subjects = [_subject(settings, choice) for settings in choice.settings()]
    with _progress() as show:
        found = evaluation.evaluate_side_by_side(subjects, folder, show)
    return {subject.pipeline.detector.name: each for subject, each in zip(subjects, found, strict=True)}


def on_faces(folder: Path, choice: Choice) -> evaluation.FacesReport:
    """What the model makes of pictures of one face.

    Raises:
        BadInput: the detector, the version or the pictures cannot be used.
        ModelError: there is no sound model.
    """
    settings = choice.settings()
    if len(settings) > 1:
        raise BadInput("with --faces one detector cuts out the faces: give --detector once")
    pipeline = _subject(settings[0], choice).pipeline
    with _progress() as show:
        return evaluation.evaluate_faces(pipeline.classifier, folder, show, pipeline.detector)


def save_curve(found: Mapping[str, evaluation.Evaluation], path: Path) -> None:
    """Draw the curves of every detector into one picture."""
    from console.curve_picture import save_curves  # noqa: PLC0415 - loads matplotlib

    curves = {name: each.curves for name, each in found.items() if each.curves is not None}
    save_curves(curves, {name: each.report.average_precision for name, each in found.items()}, path)


def _subject(settings: WorkerSettings, choice: Choice) -> evaluation.Subject:
    try:
        return evaluation.load_subject(settings, choice.model_version, choice.detector_version)
    except (DetectorUnavailable, evaluation.NoSuchVersion) as error:
        raise BadInput(str(error)) from error


@contextmanager
def _progress() -> Iterator[Show]:
    """A bar that shows how many pictures are done; data that cannot be used is bad input."""
    with progress_bars() as bar:
        task = bar.add_task("pictures", total=None)
        try:
            yield lambda done, total: bar.update(task, completed=done, total=total)
        except (evaluation.UnusableData, UnreadableSource) as error:
            raise BadInput(str(error)) from error
