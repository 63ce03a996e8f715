"""Which of a training's files becomes the version, and what it and others find on photographs that taught nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trainer.detector import trials as trial
from trainer.detector.album import Page, photographs
from trainer.detector.calibration import REPORTED, Calibration, calibrate, chosen_precision
from trainer.detector.promotion import Served, try_served
from trainer.detector.settings import DetectorSettings, ModelPrecision
from trainer.detector.teacher import BoxTeacher
from trainer.detector.trials import Trial
from trainer.settings import OnProgress, TrainProgress

VALIDATION, TEST = "validation", "test"
PHASE = "measuring"
STEPS = 3


@dataclass(frozen=True)
class Measured:
    """What the exported files find, beside the served version and others."""

    precision: ModelPrecision  # of the chosen file
    calibration: Calibration
    trials: tuple[Trial, ...]  # on validation photographs, and on those that only measure where there are any
    served: Served
    pages: Mapping[str, Sequence[Page]]  # the photographs, by part

    @property
    def candidate(self) -> Trial:
        """What the chosen file finds on the photographs by which it was chosen."""
        return self.of_chosen[VALIDATION]

    @property
    def of_chosen(self) -> dict[str, Trial]:
        """What the chosen file finds on each part's photographs as they are."""
        own = (each for each in self.trials if each.precision == self.precision and each.zoom == 1)
        return {each.part: each for each in own}


def choose_and_measure(
    settings: DetectorSettings,
    models: dict[ModelPrecision, bytes],
    validation: Sequence[Page],
    on_progress: OnProgress,
) -> Measured:
    """Choose among the files by validation, then measure the chosen one beside the others where nothing was chosen."""
    on_progress(TrainProgress(PHASE, 0, STEPS))
    chosen = {name: trial.try_ours(model, name, VALIDATION, validation, 0.0) for name, model in models.items()}
    precision = chosen_precision({name: each.findings for name, each in chosen.items()}, settings.precision)
    calibration = calibrate(chosen[precision].findings)
    reported = calibration.logit(REPORTED)
    trials = [replace(each, score=reported) for each in chosen.values()]
    on_progress(TrainProgress(PHASE, 1, STEPS))
    served = try_served(settings, VALIDATION, validation)
    trials += [served.trial] if served.trial is not None else []
    on_progress(TrainProgress(PHASE, 2, STEPS))
    test = _test_photographs(settings)
    if test:
        trials += trial.try_sizes(models, TEST, test, reported)
        trials += trial.try_opponents(settings.teacher, TEST, test)
    on_progress(TrainProgress(PHASE, STEPS, STEPS))
    return Measured(precision, calibration, tuple(trials), served, {VALIDATION: validation, TEST: test})


def _test_photographs(settings: DetectorSettings) -> list[Page]:
    folder = settings.boxes / "test"
    return list(photographs(folder, BoxTeacher(settings.teacher))) if folder.is_dir() else []
