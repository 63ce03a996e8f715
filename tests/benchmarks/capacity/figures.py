"""What one step found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.benchmarks.capacity.accounting import Flow
from tests.benchmarks.capacity.latencies import Percentiles
from tests.benchmarks.capacity.memory import Memory


@dataclass(frozen=True)
class Load:
    """Cores that each process used, by name, the largest first; of ``cores``, ``idle`` and ``others`` were not ours.

    Memory, threads and open files are those at the end.
    """

    cores: int
    used: Mapping[str, float]
    idle: float
    others: float
    rss_mib: Mapping[str, float]
    threads: Mapping[str, float] = field(default_factory=dict)
    descriptors: Mapping[str, float] = field(default_factory=dict)

    @property
    def idle_share(self) -> float:
        """0 to 1."""
        return self.idle / self.cores


@dataclass(frozen=True)
class Step:
    """So many cameras for a while. ``states`` counts cameras by state at the end; latencies are of judged pictures.

    ``latency`` is from sending to result, of some cameras; ``judged_latency`` from capture to commit, of all, from
    the events worker's histogram: its percentiles are as fine as the buckets. ``fits`` is how many cameras like
    these the system says that it holds, as far as it can tell.
    """

    cameras: int
    seconds: float
    live_after_s: float
    states: Mapping[str, int]
    sent: float
    flow: Flow
    latency: Percentiles | None
    judged_latency: Percentiles | None
    load: Load
    memory: Memory
    fits: int | None = None
