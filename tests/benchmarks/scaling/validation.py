"""The simulation against what one to four workers were measured to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.benchmarks.camera_costs import markdown
from tests.benchmarks.scaling.costs import BUSY, UnitCosts
from tests.benchmarks.scaling.site import Layout, Site

_SECONDS, _UNJUDGED = 20.0, 128
_MACHINE_CORES = 2


def calibrated(costs: UnitCosts, alone: Mapping[str, Any]) -> UnitCosts:
    """With the costs of a frame that one worker with one thread was measured to have; shares stay as they were."""
    scale = alone["worker_cpu_ms"] / costs.worker_frame_ms
    server = alone["server_cpu_ms"] / costs.server_frame_ms
    worker = ("worker_batch_ms", "worker_locked_ms", "worker_free_ms")
    frames = ("server_publish_ms", "server_read_ms", "server_result_ms", "server_events_ms")
    update = {name: getattr(costs, name) * scale for name in worker}
    update |= {name: getattr(costs, name) * server for name in frames}
    # Who feeds them runs on the same cores.
    update["server_publish_ms"] += alone["feeder_cpu_ms"]
    return costs.model_copy(update=update)


def predicted(costs: UnitCosts, workers: int, threads: int) -> tuple[float, float]:
    """Frames a second and milliseconds from batch to batch of workers that always find frames on this machine."""
    layout = Layout(_MACHINE_CORES, workers=workers, threads=threads or _MACHINE_CORES)
    outcome = Site(costs, layout, BUSY, 8).run_saturated(_SECONDS, _UNJUDGED)
    return outcome.judged_a_second, 8000 * workers / outcome.judged_a_second


def comparison(costs: UnitCosts, speeds: Sequence[Mapping[str, Any]]) -> str:
    """Measured and predicted, in Markdown."""
    alone = next(each for each in speeds if each["workers"] == 1 and each["threads"] == 1)
    scaled = calibrated(costs, alone)
    head = ["workers", "threads", "frames/s measured", "simulated", "batch ms measured (median)", "simulated"]
    rows = []
    for each in speeds:
        rate, batch_ms = predicted(scaled, each["workers"], each["threads"])
        measured = [f"{each['frames_a_second']:.1f}", f"{rate:.1f}"]
        times = [f"{each['batch_p50_ms']:.0f}", f"{batch_ms:.0f}"]
        rows.append([str(each["workers"]), str(each["threads"] or "one a core"), *measured, *times])
    return markdown(head, rows)
