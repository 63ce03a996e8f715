"""The detectors there are, as `maskwatch detector list` tells them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from console.yunet_weights import with_weights
from deploy.local.data_folder import DataFolder
from shared.settings import DetectorName, WorkerSettings, load
from worker.detector_figures import FIGURES, TRUE_COMPLIANCE, bias_line
from worker.detectors import DetectorUnavailable, make_detector
from worker.native_noise import silenced


@dataclass(frozen=True)
class Listed:
    """A detector: whether the settings name it, and why it cannot run here, empty where it can."""

    name: DetectorName
    is_set: bool
    problem: str

    def as_json(self) -> dict[str, Any]:
        """Shares are 0 to 1, measured before they were shipped (see ``worker.detector_figures``)."""
        expected = FIGURES[self.name]
        return {
            "name": self.name,
            "set": self.is_set,
            "runs_here": not self.problem,
            "problem": self.problem or None,
            "expected": {
                "recall": {label.value: share for label, share in expected.recall.items()},
                "false_faces_per_picture": expected.false_faces_per_picture,
                "true_compliance": TRUE_COMPLIANCE,
                "reported_compliance": expected.reported_compliance,
            },
        }


def read(data: DataFolder) -> list[Listed]:
    """Load each detector once, as a worker of this data folder would."""
    settings = with_weights(load(WorkerSettings), data)
    return [Listed(name, name == settings.detector, _problem(settings, name)) for name in get_args(DetectorName)]


def _problem(settings: WorkerSettings, name: DetectorName) -> str:
    if name == "yunet" and settings.yunet_weights is None:
        return "no weights: run `maskwatch detector fetch`"
    try:
        with silenced():
            make_detector(settings.model_copy(update={"detector": name}))
    except DetectorUnavailable as error:
        return str(error)
    return ""


def lines(found: Sequence[Listed]) -> Iterator[str]:
    """For people: two lines a detector; * marks the one that is set."""
    for each in found:
        state = f"does not run here: {each.problem}" if each.problem else "runs here"
        yield f"{'*' if each.is_set else ' '} {each.name:10} {state}"
        yield f"    {bias_line(each.name).removeprefix(f'detector {each.name} ')}"
