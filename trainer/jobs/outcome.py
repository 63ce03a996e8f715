"""What a training came to, as job and commands tell it."""

import resource
from typing import TYPE_CHECKING

from shared.training_jobs import TrainingOutcome

if TYPE_CHECKING:
    from trainer.detector.promotion import Outcome as DetectorOutcome
    from trainer.training import Outcome


def outcome_of(result: "Outcome | DetectorOutcome", registry: str) -> TrainingOutcome:
    """The outcome of a training in this process."""
    return TrainingOutcome(
        name=result.manifest.name,
        version=result.manifest.version,
        registry=registry,
        promoted=result.promoted,
        reasons=result.reasons,
        report=str(result.report) if result.report is not None else "",
        peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
