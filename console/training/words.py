"""Training jobs in words."""

from shared.detector_manifest import FACE_MODEL
from shared.redaction import redact
from shared.training_jobs import TrainingOutcome, TrainingProgress


def span(seconds: float) -> str:
    """A span of time, to the precision that an estimate deserves."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def progress_words(progress: TrainingProgress) -> str:
    """Where a training is: "fine-tuning 40 of 90, epoch 2 of 12, loss 0.31"."""
    parts = [progress.step]
    if progress.total > 1 and progress.epoch is None:
        parts[0] += f" {progress.done} of {progress.total}"
    if progress.epoch is not None:
        parts.append(f"epoch {progress.epoch}" + (f" of {progress.epochs}" if progress.epochs else ""))
    if progress.loss is not None:
        parts.append(f"loss {progress.loss:.3f}")
    return ", ".join([*parts, *([progress.note] if progress.note else [])])


def outcome_words(outcome: TrainingOutcome) -> str:
    """What came out, in one line."""
    published = f"published version {outcome.version} of {outcome.name} in {redact(outcome.registry)}"
    why = f" ({'; '.join(outcome.reasons)})" if outcome.reasons else ""
    report = f"; its report: {outcome.report}" if outcome.report else ""
    is_detector = outcome.name == FACE_MODEL
    if outcome.promoted:
        when = "when workers start next" if is_detector else "from now on"
        return f"{published}, current {when}{why}{report}"
    task = " --task detector" if is_detector else ""
    return f"{published}, not promoted{why}: maskwatch models promote {outcome.version}{task}{report}"
