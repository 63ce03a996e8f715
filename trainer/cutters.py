"""How a training's settings cut faces: with surroundings to learn from, and exactly as workers do."""

from collections.abc import Callable

from trainer.augmentation import SURROUNDINGS
from trainer.crops import Cutter
from trainer.settings import OnProgress, TrainProgress, TrainSettings
from trainer.teacher import Teacher


def surroundings_cutter(settings: TrainSettings) -> Cutter:
    """Cuts crops with the surroundings that augmentation needs."""
    margin = ((1 + 2 * settings.crop_margin) * SURROUNDINGS - 1) / 2
    return Cutter(teacher_of(settings), margin, round(settings.size * SURROUNDINGS))


def exact_cutter(settings: TrainSettings, margin: float, side: int) -> Cutter:
    """Cuts crops as a worker does for a network with this margin and input, for measuring."""
    return Cutter(teacher_of(settings), margin, side)


def teacher_of(settings: TrainSettings) -> Teacher | None:
    """The detector that finds faces without a box.

    Raises:
        TrainingRefused: its file cannot be used.
    """
    return None if settings.teacher is None else Teacher(settings.teacher)


def reading(total: int, on_progress: OnProgress, phase: str = "reading pictures") -> Callable[[int], None]:
    """Tells about every hundredth picture."""

    def tell(done: int) -> None:
        if done % 100 == 0 or done == total:
            on_progress(TrainProgress(phase, done, total))

    return tell
