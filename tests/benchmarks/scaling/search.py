"""How many cameras a layout holds, and which layout so many cores deserve."""

import math
from dataclasses import dataclass

from tests.benchmarks.scaling.costs import Traffic, UnitCosts
from tests.benchmarks.scaling.simulated_worker import BATCH_FRAMES
from tests.benchmarks.scaling.site import Layout, Outcome, Site

LIMIT_S = 0.5  # 95 of 100 results come within it
_FRAMES = 20_000  # to simulate in one run
_SPARE = 0.7  # of one thread's time: what is planned for; above it queues grow long
_CORES_A_PRODUCER = 4
_FINENESS = 0.03
MOST_BUSY = 0.92  # of all cores: what else runs on a machine needs some, and real cameras keep no exact time


@dataclass(frozen=True)
class Held:
    """So many cameras, all within the limit, and how it went with them."""

    cameras: int
    layout: Layout
    outcome: Outcome

    @property
    def busiest(self) -> str:
        """What would be full first."""
        return max(self.outcome.busy, key=lambda name: self.outcome.busy[name])


def layout_for(costs: UnitCosts, traffic: Traffic, cores: int, cameras: float, gigabits: float = 0.0) -> Layout:
    """As many processes as the cameras need, a little more than enough."""
    taken, sent = cameras * traffic.fps, cameras * traffic.fps * traffic.sent_share
    producing = (taken * costs.producer_taken_ms + sent * costs.producer_sent_ms) / 1000
    threads = min(4, max(1, cores // 2))
    batch_ms = costs.worker_batch_ms + BATCH_FRAMES * (costs.worker_locked_ms + costs.worker_free_ms / threads)
    return Layout(
        cores=cores,
        producers=max(1, math.ceil(producing / _CORES_A_PRODUCER)),
        workers=max(1, math.ceil(sent * batch_ms / BATCH_FRAMES / 1000 / _SPARE)),
        threads=threads,
        events=max(1, math.ceil(cameras * costs.events_second_ms(traffic) / 1000 / _SPARE)),
        gigabits=gigabits,
    )


def bound(costs: UnitCosts, traffic: Traffic, cores: int, gigabits: float = 0.0) -> float:
    """More cameras than these cannot be held: a core, a server's thread or the network would be full all the time."""
    sent = traffic.fps * traffic.sent_share
    server_ms = sent * costs.server_frame_ms + (traffic.fps - sent) * costs.server_held_ms
    limits = [
        cores * 1000 / costs.a_second_ms(traffic),
        1000 / server_ms,
        1000 / costs.state_second_ms(traffic),
    ]
    if gigabits:
        limits.append(gigabits * 1e9 / 8 / (sent * 1000 * costs.jpeg_kilobytes))
    return min(limits)


def run(costs: UnitCosts, traffic: Traffic, layout: Layout, cameras: int) -> Outcome:
    """Simulate for as long as tells."""
    seconds = min(20.0, max(3.0, _FRAMES / (cameras * traffic.fps)))
    return Site(costs, layout, traffic, cameras).run(seconds)


def is_held(outcome: Outcome, traffic: Traffic, cameras: int) -> bool:
    """Whether results come in time, with some processor time to spare."""
    offered = cameras * traffic.fps * traffic.sent_share
    return outcome.busy["cores"] <= MOST_BUSY and outcome.holds(LIMIT_S, offered)


def held(costs: UnitCosts, traffic: Traffic, cores: int, gigabits: float = 0.0) -> Held:
    """The most cameras that one frames server and so many cores hold."""
    most = bound(costs, traffic, cores, gigabits)
    layout = layout_for(costs, traffic, cores, most, gigabits)
    low, high, best = 0, max(1, math.ceil(most)), None
    while high - low > max(1, _FINENESS * high):
        tried = (low + high) // 2 if low else round(0.8 * high)
        outcome = run(costs, traffic, layout, tried)
        if is_held(outcome, traffic, tried):
            low, best = tried, outcome
        else:
            high = tried
    return Held(low, layout, best or run(costs, traffic, layout, 1))
