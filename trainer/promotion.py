"""Whether a new version is served: the gate before it is published, live faces and the operator's word after."""

from contextlib import closing, suppress
from dataclasses import dataclass

import redis

from shared.connections import connect
from shared.messages import Label
from shared.model_registry import GateRecord, Manifest, ModelError, ModelRegistry, Refusal
from shared.streams import MODELS_CHANGED
from trainer.evaluation import Judged
from trainer.gate import Verdict, judge_candidate
from trainer.labels import LABELS
from trainer.measuring import Measured, judge_again
from trainer.report.record import ShadowRecord
from trainer.settings import OnProgress, TrainProgress, TrainSettings
from trainer.shadow import Reading, verdict, watch_live


@dataclass(frozen=True)
class Served:
    """The version that is served now, on the candidate's holdout; ``version`` is ``None`` without one."""

    version: int | None
    holdout: list[Judged] | None
    why_not: str = ""  # what keeps it from being compared with


@dataclass(frozen=True)
class Decision:
    """Whether a published version is served now, why, and what the gate and live faces said."""

    promoted: bool
    reasons: tuple[str, ...]
    gate: GateRecord
    shadow: ShadowRecord | None = None


def judge_served(settings: TrainSettings, measured: Measured, on_progress: OnProgress) -> Served:
    """Let the served version judge the candidate's holdout; one that does not run is no rival."""
    registry = ModelRegistry(settings.registry)
    try:
        version = registry.current()
        manifest = registry.verified(version)
        model = (registry.path(version) / manifest.model_file).read_bytes()
        return Served(version, judge_again(settings, measured, manifest, model, on_progress))
    except ModelError as error:
        if error.reason is Refusal.UNREACHABLE:
            raise  # not to be compared is not to be best
        return Served(None, None, str(error))
    # LiteRT raises ValueError or RuntimeError for what is no network or does not take such pictures.
    except (OSError, ValueError, RuntimeError) as error:
        return Served(None, None, str(error).splitlines()[0])


def pass_gate(settings: TrainSettings, measured: Measured, served: Served) -> GateRecord:
    """The gate's word, with ``forced`` where the settings say that it does not matter."""
    candidate = _verdicts(measured.holdout)
    current = None if served.holdout is None else _verdicts(served.holdout)
    record = judge_candidate(candidate, current, settings.margins, served.version)
    return record.model_copy(update={"forced": settings.force and settings.promote and not record.passed})


def decide(
    settings: TrainSettings, manifest: Manifest, measured: Measured, served: Served, on_progress: OnProgress
) -> Decision:
    """Serve a published version if the gate let it pass and live faces do not speak against it."""
    gate = manifest.gate or GateRecord(passed=False, reasons=("it was not compared",))
    registry = ModelRegistry(settings.registry)
    if not settings.promote:
        return Decision(False, ("published without serving it, as was asked",), gate)
    shadow = None
    if settings.shadow_s > 0 and (gate.passed or gate.forced):
        shadow = _shadow(settings, manifest.version, measured, served, on_progress)
        # Too few faces say nothing against it, so its record stays clean; it is not served now.
        if shadow.inconclusive:
            return Decision(False, shadow.reasons, gate, shadow)
        if not shadow.passed:
            gate = gate.model_copy(
                update={"passed": False, "reasons": gate.reasons + shadow.reasons, "forced": settings.force}
            )
            registry.record_gate(manifest.version, gate)
    if not gate.passed and not gate.forced:
        return Decision(False, gate.reasons, gate, shadow)
    registry.promote(manifest.version, forced=gate.forced)
    _tell_workers(settings, manifest.version)
    return Decision(True, (_why(gate, served), *_lost(manifest, served)), gate, shadow)


def _why(gate: GateRecord, served: Served) -> str:
    if gate.forced:
        return "forced, although " + "; ".join(gate.reasons)
    if gate.compared_with is None:
        return f"there was no version to compare it with{f': {served.why_not}' if served.why_not else ''}"
    return f"not worse than version {gate.compared_with} on the holdout"


def _lost(manifest: Manifest, served: Served) -> list[str]:
    """What the served version could tell apart and this one cannot: no breach, but nobody should be surprised."""
    before = served.holdout[0].classes if served.holdout else ()
    return [
        f"it no longer tells {each} apart, since the data has no example"
        for each in before
        if each not in manifest.labels
    ]


def _shadow(
    settings: TrainSettings, version: int, measured: Measured, served: Served, on_progress: OnProgress
) -> ShadowRecord:
    if settings.state_redis is None:
        reason = "a shadow check needs the running system: give its state server"
        return ShadowRecord(passed=False, inconclusive=True, seconds=0, faces=0, reasons=(reason,))

    def show(done: float, whole: float) -> None:
        on_progress(TrainProgress("shadow check", round(done), round(whole)))

    try:
        with closing(connect(settings.state_redis)) as state:
            live = watch_live(state, version, settings.shadow_s, show)
    except redis.RedisError as error:
        reason = f"the state server failed during the shadow check: {error}"
        return ShadowRecord(passed=False, inconclusive=True, seconds=settings.shadow_s, faces=0, reasons=(reason,))
    candidate = reading_of(measured.holdout)
    found = verdict(live, candidate if served.holdout is None else reading_of(served.holdout), candidate)
    return ShadowRecord(
        passed=found.passed,
        inconclusive=not found.shifts and not live.refused,
        seconds=settings.shadow_s,
        faces=found.faces,
        disagreements=found.disagreements,
        reasons=found.reasons,
        shifts=dict(found.shifts),
    )


def reading_of(judged: list[Judged]) -> Reading:
    """How a version reads the bare and the masked faces of the holdout."""
    called = {
        label: [each.label == Label.WITHOUT_MASK for each in judged if each.crop.face.label == label]
        for label in LABELS
    }
    shares = [
        sum(called[label]) / len(called[label]) if called[label] else float(label == LABELS[1]) for label in LABELS
    ]
    return Reading(bare_as_bare=shares[1], masked_as_bare=shares[0])


def _tell_workers(settings: TrainSettings, version: int) -> None:
    """Let running workers look at once; without this they do so within seconds."""
    if settings.state_redis is None:
        return
    with suppress(redis.RedisError), closing(connect(settings.state_redis)) as state:
        state.publish(MODELS_CHANGED, version)


def _verdicts(judged: list[Judged]) -> list[Verdict]:
    return [Verdict(each.crop.face.source, each.crop.face.label, each.is_right) for each in judged if _counts(each)]


def _counts(judged: Judged) -> bool:
    return judged.crop.face.label in LABELS
