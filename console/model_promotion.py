"""Promoting a version by hand: what may speak against it, and who is told."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import redis
import typer

from console.errors import BadInput, CommandFailed
from console.finding import RunningSystem, running_system
from console.model_list import current_or_none
from console.progress import progress_bars
from console.registry_option import resolved
from deploy.local.data_folder import NothingRuns
from shared.connections import ServerUnreachable
from shared.messages import Label
from shared.model_registry import AnyManifest, GateRecord, Manifest, ModelError, ModelRegistry, Refusal, VersionRegistry
from shared.streams import MODELS_CHANGED

if TYPE_CHECKING:
    from trainer.shadow import LiveCounts, Reading, ShadowVerdict

HOLDOUT = ("test", "boxes test")  # parts of a manifest's figures that no network has learnt


def refuse_failed(gate: GateRecord | None, version: int, *, force: bool, force_by: str = "--force") -> None:
    """See that the gate let a version pass, or that this is to be overruled.

    Raises:
        CommandFailed: it did not, with the reasons.
    """
    if gate is None or gate.passed or force:
        return
    reasons = "; ".join(gate.reasons) or "no reason is recorded"
    raise CommandFailed(f"version {version} did not pass its gate: {reasons}; {force_by} promotes it all the same")


def promote(registry: VersionRegistry[AnyManifest], version: int, gate: GateRecord | None) -> None:
    """Promote a version; one that did not pass its gate is forced, which is recorded with it.

    Raises:
        ModelError: its files are not what its manifest states.
    """
    if gate is None or gate.passed:
        registry.promote(version)
        return
    registry.verified(version)
    registry.record_gate(version, gate.model_copy(update={"forced": True}))
    registry.promote(version, forced=True)


def tell_workers(version: int, data: Path | None, redis_url: str | None) -> None:
    """Let the workers of a running system look at once; where none is found they do so within seconds."""
    with suppress(NothingRuns, ServerUnreachable), running_system(data, redis_url) as found:
        nudge(found, version)


def nudge(system: RunningSystem, version: int) -> None:
    """Let a system's workers look at once; where the server is away they do so within seconds."""
    with suppress(redis.RedisError):
        system.servers.state.publish(MODELS_CHANGED, str(version))


def shadow_check(
    found: RunningSystem, registry: ModelRegistry, root: str, manifest: Manifest, seconds: float
) -> GateRecord:
    """Let a version judge live faces beside the one served; the gate's record with what that showed.

    What live faces say against it is recorded in its manifest; that too few were seen is not.

    Raises:
        BadInput: the running system serves from another registry.
        ModelError: the registry does not answer.
    """
    from trainer.shadow import verdict  # noqa: PLC0415 - other commands do without the trainer

    if found.run is not None and resolved(found.run.registry) != root:
        raise BadInput(f"the running system serves from {found.run.registry}, not from {registry.where}")
    current = current_or_none(registry)
    candidate = reading_of(manifest)
    served = candidate if current is None else _reading_of_served(registry, current, candidate)
    live = _watch(found, manifest.version, seconds)
    said = verdict(live, served, candidate)
    _tell(said)
    before = manifest.gate or GateRecord(passed=True)
    if said.passed:
        return before
    gate = before.model_copy(update={"passed": False, "forced": False, "reasons": before.reasons + said.reasons})
    if said.shifts or live.refused:
        registry.record_gate(manifest.version, gate)
    return gate


def _reading_of_served(registry: ModelRegistry, version: int, otherwise: "Reading") -> "Reading":
    try:
        return reading_of(registry.manifest(version))
    except ModelError as error:
        if error.reason is Refusal.UNREACHABLE:
            raise
        return otherwise


def reading_of(manifest: Manifest) -> "Reading":
    """How a version read the bare and the masked faces of its own holdout; without errors where it does not say."""
    from trainer.shadow import Reading  # noqa: PLC0415

    parts = [manifest.metrics[part] for part in HOLDOUT if part in manifest.metrics]
    bare, masked = f"{Label.WITHOUT_MASK}_faces", f"{Label.WITH_MASK}_faces"
    bare_right = sum(part.get(f"{Label.WITHOUT_MASK}_accuracy", 1.0) * part.get(bare, 0) for part in parts)
    masked_wrong = sum(part.get(f"{Label.WITH_MASK}_as_{Label.WITHOUT_MASK}", 0) for part in parts)
    return Reading(
        bare_as_bare=_share(bare_right, _sum(parts, bare), 1.0),
        masked_as_bare=_share(masked_wrong, _sum(parts, masked), 0.0),
    )


def _sum(parts: list[dict[str, float]], figure: str) -> float:
    return sum(part.get(figure, 0) for part in parts)


def _share(some: float, whole: float, otherwise: float) -> float:
    return some / whole if whole else otherwise


def _watch(found: RunningSystem, version: int, seconds: float) -> "LiveCounts":
    from trainer.shadow import watch_live  # noqa: PLC0415

    typer.echo(f"version {version} judges beside the one served for {seconds:g} s", err=True)
    with progress_bars() as progress:
        task = progress.add_task("live faces", total=seconds)
        return watch_live(
            found.servers.state,
            version,
            seconds,
            lambda done, whole: progress.update(task, completed=done, total=whole),
        )


def _tell(said: "ShadowVerdict") -> None:
    typer.echo(f"{said.faces} live faces, {said.disagreements} judged differently{_cameras(said.shifts)}", err=True)


def _cameras(shifts: Mapping[str, float]) -> str:
    each = ", ".join(f"{camera} {shift:+.1%}" for camera, shift in sorted(shifts.items()))
    return f"; bare faces: {each}" if each else ""
