"""What low, medium and high mean: how much has to change before it counts as motion."""

from dataclasses import dataclass

from shared.cameras import Motion


@dataclass(frozen=True)
class Sensitivity:
    """Bars that a cell's difference, in levels of brightness, has to pass.

    ``least_levels`` holds in a picture without any noise. ``of_noise`` is by how many times the noise of
    this very picture has to be passed, ``of_learnt`` by how many times what this place is used to.
    ``least_strength`` is how far a group of joined cells has to rise above the bar, added up: 1 for each
    cell that just reaches it.
    """

    least_levels: float
    of_noise: float
    of_learnt: float
    least_strength: float


SENSITIVITIES: dict[Motion, Sensitivity] = {
    "low": Sensitivity(least_levels=4.5, of_noise=3.8, of_learnt=2.6, least_strength=4.0),
    "medium": Sensitivity(least_levels=3.0, of_noise=3.2, of_learnt=2.2, least_strength=2.5),
    "high": Sensitivity(least_levels=2.0, of_noise=2.6, of_learnt=2.0, least_strength=2.0),
}
