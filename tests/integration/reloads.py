"""A running system whose models are promoted, and what its workers say meanwhile."""

import json
import urllib.request
from collections import defaultdict
from typing import Any, cast

from prometheus_client.parser import text_string_to_metric_families

from shared.cameras import CaptureStatus
from shared.connections import Servers, connect_both
from shared.messages import FrameResult
from shared.model_registry import ModelRegistry
from shared.streams import MODELS_CHANGED, RESULT, KeySpace
from tests.integration.system import System
from tests.waiting import eventually

CAMERAS = ("hall", "yard")
KEYS = KeySpace()
WORKERS = 2
MAX_IN_FLIGHT = 16
TIMEOUT_S, INTERVAL_S = 60.0, 0.1

EntryId = tuple[int, int]


class Reloads:
    """A running system, its registry with a sharp and an unsure version, and its results."""

    def __init__(self, system: System, registry: ModelRegistry, unsure: int) -> None:
        self.system = system
        self.registry = registry
        self.sharp, self.unsure = 1, unsure
        run_file = system.data / "run.json"
        eventually(run_file.exists, TIMEOUT_S)
        run = json.loads(run_file.read_text())
        self.servers: Servers = connect_both(run["frames_redis"], run["state_redis"])

    def promote(self, version: int) -> None:
        self.registry.promote(version)
        self.nudge()

    def nudge(self) -> None:
        self.servers.state.publish(MODELS_CHANGED, "")

    def results(self, camera: str, newest: int | None = None) -> list[tuple[EntryId, FrameResult]]:
        """Oldest first."""
        raw = self.servers.frames.xrevrange(KEYS.results(camera), count=newest)
        entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", raw)
        return [(_entry_id(name), FrameResult.model_validate_json(fields[RESULT])) for name, fields in entries[::-1]]

    def latest(self) -> dict[str, FrameResult]:
        """The last result of each worker."""
        entries = sorted(((each, result) for camera in CAMERAS for each, result in self.results(camera, 24)), key=_at)
        return {result.worker: result for _, result in entries}

    def all_serve(self, version: int) -> bool:
        latest = self.latest().values()
        return len(latest) == WORKERS and all(result.model_version == version for result in latest)

    def by_worker(self) -> dict[str, list[tuple[EntryId, FrameResult]]]:
        """All results in the order in which each worker wrote them."""
        found: defaultdict[str, list[tuple[EntryId, FrameResult]]] = defaultdict(list)
        for name, result in sorted((each for camera in CAMERAS for each in self.results(camera)), key=_at):
            found[result.worker].append((name, result))
        return dict(found)

    def captured(self, camera: str) -> int:
        return CaptureStatus.model_validate_json(cast("bytes", self.servers.state.get(KEYS.capture(camera)))).captured

    def are_judged(self, camera: str, frames: int) -> bool:
        """Whether a frame behind these has ended; it says nothing of those before."""
        return any(result.sequence > frames + MAX_IN_FLIGHT for _, result in self.results(camera, 1))

    def outcomes(self, outcome: str) -> list[float]:
        """How often each worker has counted a reload with this outcome."""
        name = "maskwatch_model_reloads_total"
        return [scraped(each.metrics_url)[name, outcome] for each in self.system.processes("worker")]

    def workers(self) -> list[dict[str, Any]]:
        """What `maskwatch status` says of them."""
        told: list[dict[str, Any]] = self.system.status()["workers"]
        return told


def _entry_id(raw: bytes) -> EntryId:
    milliseconds, _, number = raw.decode().partition("-")
    return int(milliseconds), int(number)


def _at(entry: tuple[EntryId, FrameResult]) -> EntryId:
    return entry[0]


def scraped(url: str) -> dict[tuple[str, str], float]:
    """The samples of a worker's metrics by name and value of their label."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - a worker's own loopback address
        families = text_string_to_metric_families(answer.read().decode())
    samples = (sample for family in families for sample in family.samples)
    return {(each.name, ",".join(each.labels.values())): each.value for each in samples}
