"""Whether a number of cameras is held, and what ran out where it is not."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.cameras import CameraState
from tests.benchmarks.capacity.figures import Load, Step
from tests.benchmarks.capacity.processes import CAMERAS, HARNESS

_FULL_IDLE = 0.05  # less of a machine idle than this, and it has no more to give
_FULL_CORE = 0.95
_MISSING = 0.02  # of what is sent; and a picture of each camera, at one of the window's ends
_MUCH_OF_OTHERS = 0.1  # cores


@dataclass(frozen=True)
class Verdict:
    """``reasons`` say why a number of cameras is not held; ``ran_out`` is empty where it is."""

    reasons: tuple[str, ...] = ()
    ran_out: str = ""

    @property
    def is_held(self) -> bool:
        """Whether all went as it should."""
        return not self.reasons


def verdict(step: Step, target_ms: float) -> Verdict:
    """Judge one step."""
    reasons = (*_losses(step), *_lateness(step, target_ms))
    return Verdict(reasons, ran_out(step.load) if reasons else "")


def _losses(step: Step) -> list[str]:
    flow, found = step.flow, []
    if (live := step.states.get(CameraState.LIVE, 0)) < step.cameras:
        found.append(f"cameras not live: {step.cameras - live}")
    found += [f"{reason} {rate:.1f}/s" for reason, rate in sorted(flow.dropped.items())]
    if flow.dead:
        found.append(f"dead-lettered {flow.dead:.1f}/s")
    if (missing := step.sent - flow.captured) > _MISSING * step.sent + step.cameras / step.seconds:
        found.append(f"{missing:.1f}/s never taken")
    if flow.begun_anew:
        found.append(f"cameras that began anew: {len(flow.begun_anew)}")
    if flow.inexact:
        found.append(f"cameras that do not add up: {len(flow.inexact)}")
    return found


def _lateness(step: Step, target_ms: float) -> list[str]:
    if step.latency is None:
        return ["nothing was judged"]
    return [f"p95 {step.latency.p95_ms:.0f} ms"] if step.latency.p95_ms > target_ms else []


def ran_out(load: Load) -> str:
    """What there was no more of."""
    ours = {name: used for name, used in load.used.items() if name != HARNESS}
    largest, used = next(iter(ours.items()))
    others = f"; other programs used {load.others:.2f}" if load.others > _MUCH_OF_OTHERS else ""
    if load.idle_share < _FULL_IDLE:
        return f"processor time: {largest} {used:.2f} of {load.cores} cores{_cameras(ours)}{others}"
    if used >= _FULL_CORE:
        return f"one core: {largest} used {used:.2f} while {load.idle:.2f} were idle, its threads wait for each other"
    return f"not the processor: {load.idle:.2f} of {load.cores} cores idle, {largest} used {used:.2f}{others}"


def _cameras(used: Mapping[str, float]) -> str:
    return f", the simulated cameras {used[CAMERAS]:.2f}" if CAMERAS in used else ""
