"""Whether a new detector is served: the one that is, tried beside it, and the operator's word."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.detector_manifest import DetectorManifest, DetectorRegistry
from shared.model_registry import GateRecord, ModelError, Refusal
from trainer.detector.album import Page
from trainer.detector.calibration import REPORTED, Calibration
from trainer.detector.exported import ExportedDetector
from trainer.detector.figures import timed
from trainer.detector.gate import judge_detector
from trainer.detector.settings import DetectorSettings
from trainer.detector.trials import Trial


@dataclass(frozen=True)
class Served:
    """The detector that is served now, on photographs that the new one was not taught either."""

    version: int | None = None  # None: there is none to compare with
    trial: Trial | None = None
    why_not: str = ""  # what keeps it from being compared with


@dataclass(frozen=True)
class Outcome:
    """What came of a training."""

    manifest: DetectorManifest
    promoted: bool
    reasons: tuple[str, ...]  # why it is served, or why not
    report: Path | None = None  # the local page


def try_served(settings: DetectorSettings, part: str, pages: Sequence[Page]) -> Served:
    """Let the served detector find the faces too; one that does not run is no rival."""
    registry = _serving(settings)
    if registry is None:
        return Served()
    try:
        manifest = registry.verified(registry.current())
        model = (registry.path(manifest.version) / manifest.model_file).read_bytes()
        return Served(manifest.version, _trial(manifest, model, part, pages))
    except ModelError as error:
        if error.reason is Refusal.UNREACHABLE:
            raise  # not to be compared is not to be best
        return Served(why_not=str(error))
    # LiteRT raises ValueError or RuntimeError for what is no network or does not take such pictures.
    except (OSError, ValueError, RuntimeError) as error:
        return Served(why_not=str(error).splitlines()[0])


def pass_gate(settings: DetectorSettings, candidate: Trial, served: Served) -> GateRecord:
    """The gate's word, with ``forced`` where the settings say that it does not matter."""
    rival = None if served.trial is None else served.trial.findings
    record = judge_detector(candidate.findings, rival, settings.margins, served.version)
    return record.model_copy(update={"forced": settings.force and settings.promote and not record.passed})


def decide(settings: DetectorSettings, manifest: DetectorManifest, served: Served) -> tuple[bool, tuple[str, ...]]:
    """Serve a published version if the gate let it pass; whether it is served now, and why."""
    gate = manifest.gate or GateRecord(passed=False, reasons=("it was not compared",))
    if not settings.promote:
        return False, ("published without serving it, as was asked",)
    if not gate.passed and not gate.forced:
        return False, gate.reasons
    DetectorRegistry(settings.registry).promote(manifest.version, forced=gate.forced)
    return True, (_why(gate, served),)


def _why(gate: GateRecord, served: Served) -> str:
    if gate.forced:
        return "forced, although " + "; ".join(gate.reasons)
    if gate.compared_with is None:
        return f"there was no version to compare it with{f': {served.why_not}' if served.why_not else ''}"
    return f"not worse than version {gate.compared_with} on the photographs that only choose"


def _serving(settings: DetectorSettings) -> DetectorRegistry | None:
    """As workers choose: the registry, or the shipped one where that has no detector."""
    registries = [DetectorRegistry(root) for root in (settings.registry, settings.served) if root is not None]
    return next((registry for registry in registries if registry.versions()), None)


def _trial(manifest: DetectorManifest, model: bytes, part: str, pages: Sequence[Page]) -> Trial:
    detector = ExportedDetector(model, takes=manifest.input, strides=manifest.strides)
    findings, milliseconds = timed(detector.find, pages)
    calibration = Calibration(manifest.confidence_slope, manifest.confidence_offset)
    return Trial(f"version {manifest.version}", part, findings, milliseconds, calibration.logit(REPORTED))
