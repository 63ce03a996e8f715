"""What to expect of each detector: measured once, for operators who read compliance off what it finds.

Where: the 180 photographs of the boxes test set, faces 24 px wide or more, the shipped classifier
behind each, by ``maskwatch evaluate --boxes``. Whoever ships another detector or classifier
measures anew and edits ``FIGURES``; nothing else repeats these numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.messages import Label
from shared.settings import PREFIX, DetectorName, WorkerSettings

WHERE = "180 photographs that no training saw, faces of 24 px and up"
ABOUT_RIGHT = 0.01  # of compliance, which is less than chance makes of so many faces
TRUE_COMPLIANCE = 0.8146  # the share of those faces with a mask


@dataclass(frozen=True)
class DetectorFigures:
    """Shares, 0 to 1: of masked and of bare faces those that were found, and of all that was found what is masked."""

    masked_found: float
    bare_found: float
    false_faces_per_picture: float
    reported_compliance: float

    @property
    def compliance_bias(self) -> float:
        """Compliance as reported less what was true, -1 to 1."""
        return round(self.reported_compliance - TRUE_COMPLIANCE, 4)

    @property
    def recall(self) -> dict[Label, float]:
        """The shares found, by label."""
        return {Label.WITH_MASK: self.masked_found, Label.WITHOUT_MASK: self.bare_found}


FIGURES: Mapping[str, DetectorFigures] = {
    "maskwatch": DetectorFigures(0.99, 0.93, 0.37, 0.805),
    "haar": DetectorFigures(0.33, 0.65, 0.06, 0.695),
    "yunet": DetectorFigures(0.89, 0.96, 0.32, 0.797),
}
DEFAULT: DetectorName = WorkerSettings.model_fields["detector"].default


def bias_line(detector: str) -> str:
    """What to expect of a detector, in one line for people."""
    expected = FIGURES[detector]
    direction = "too low" if expected.compliance_bias < 0 else "too high"
    if abs(expected.compliance_bias) < ABOUT_RIGHT:
        direction = "about right"
    return (
        f"detector {detector} finds {expected.masked_found:.0%} of masked and {expected.bare_found:.0%} of bare faces, "
        f"so the compliance it reports is {direction}: {expected.reported_compliance:.0%} where {TRUE_COMPLIANCE:.0%} "
        f"was true ({WHERE})"
    )


def warning(detector: str) -> str:
    """The line for a site that chose another detector than the default; empty for the default."""
    if detector == DEFAULT or detector not in FIGURES:
        return ""
    default = FIGURES[DEFAULT]
    instead = f"{PREFIX}DETECTOR={DEFAULT} finds {default.masked_found:.0%} and {default.bare_found:.0%}"
    return f"{bias_line(detector)}; {instead}"
