"""The tables of docs/scaling.md: what so many cores hold, and what so many cameras need."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from console.memory_bound import Traffic as Stored
from console.memory_bound import frames_server
from shared.settings import ProducerSettings, WorkerSettings
from tests.benchmarks.camera_costs import markdown
from tests.benchmarks.scaling.costs import Traffic, UnitCosts
from tests.benchmarks.scaling.search import MOST_BUSY, Held, bound, held, is_held, layout_for, run
from tests.benchmarks.scaling.site import Layout, Outcome

CORES = (2, 4, 8, 16, 64, 256, 1000)
CAMERAS = (10, 100, 1_000, 10_000)
MACHINE_CORES = 64  # more come from several machines
GIGABITS = (1, 10, 25)
_SERVERS = (1, 2, 4, 8, 16, 32)
_SPARE = 0.75  # of what a cell's server or cores can do at the most


@dataclass(frozen=True)
class Part:
    """One of several equal parts of a site, each with servers of its own; ``parts`` of them."""

    parts: int
    cameras: int
    layout: Layout
    outcome: Outcome
    megabytes_a_second: float  # into its frames server; as much comes out


def held_by(
    costs: UnitCosts, traffic: Traffic, cores: int, find: Callable[[int, int], Held]
) -> Iterator[tuple[int, Held]]:
    """For one, two, four... frames servers that share the cores: as many cameras as each holds, until it helps no more.

    Up to a machine's cores there is no network; above, 10 Gbit/s at each server. ``find`` says what so many cores
    hold with so many Gbit/s.
    """
    gigabits = 0 if cores <= MACHINE_CORES else 10
    # More cores than this stand idle beside a server that is full.
    useful = math.ceil(1.3 * bound(costs, traffic, cores, gigabits) * costs.a_second_ms(traffic) / 1000)
    before = 0
    for servers in _SERVERS:
        if cores // servers < 2:
            return
        found = find(min(cores // servers, useful), gigabits)
        if servers > 1 and servers * found.cameras < 1.05 * before:
            return
        before = servers * found.cameras
        yield servers, found


def cores_table(costs: UnitCosts, traffic: Traffic) -> str:
    """What so many cores hold, in Markdown."""
    head = ["cores", "frames servers", "cameras", "p95 ms", "producers", "workers x threads", "events", "full first"]
    find = cache(partial(held, costs, traffic))
    rows = [_held_row(cores, *each) for cores in CORES for each in held_by(costs, traffic, cores, find)]
    return markdown(head, rows)


def _held_row(cores: int, servers: int, found: Held) -> list[str]:
    layout = found.layout
    processes = (servers * layout.producers, f"{servers * layout.workers} x {layout.threads}", servers * layout.events)
    cameras, p95_ms = f"{servers * found.cameras:,}", f"{1000 * found.outcome.p95_s:.0f}"
    return [str(cores), str(servers), cameras, p95_ms, *map(str, processes), found.busiest]


def part_for(costs: UnitCosts, traffic: Traffic, cameras: int) -> Part:
    """The fewest equal parts, and the fewest cores of each, with which these cameras hold."""
    parts = max(1, math.ceil(cameras / (_SPARE * bound(costs, traffic, 100_000))))
    share = math.ceil(cameras / parts)
    cores = max(2, math.ceil(share * costs.a_second_ms(traffic) / 1000 / MOST_BUSY))
    while True:
        layout = layout_for(costs, traffic, cores, share, 0 if cores <= MACHINE_CORES and parts == 1 else 10)
        outcome = run(costs, traffic, layout, share)
        if is_held(outcome, traffic, share):
            megabytes = share * traffic.fps * traffic.sent_share * costs.jpeg_kilobytes / 1000
            return Part(parts, share, layout, outcome, megabytes)
        cores = math.ceil(1.06 * cores)


def cameras_table(costs: UnitCosts, traffic: Traffic) -> str:
    """What so many cameras need, in Markdown."""
    head = ["cameras", "cores", "machines of 64", "parts", "producers", "workers x threads", "events", "MB/s into each",
            "memory of each", "p95 ms"]  # fmt: skip
    return markdown(head, [_needed_row(costs, part_for(costs, traffic, each), each) for each in CAMERAS])


def _needed_row(costs: UnitCosts, part: Part, cameras: int) -> list[str]:
    layout, parts = part.layout, part.parts
    cores = parts * layout.cores
    stored = Stored(jpeg_bytes=round(1000 * costs.jpeg_kilobytes))
    memory = frames_server([stored] * part.cameras, ProducerSettings(), WorkerSettings(), layout.workers)
    return [
        f"{cameras:,}",
        f"{cores:,}",
        str(math.ceil(cores / MACHINE_CORES)),
        str(parts),
        str(parts * layout.producers),
        f"{parts * layout.workers} x {layout.threads}",
        str(parts * layout.events),
        f"{part.megabytes_a_second:.0f}",
        f"{memory.bytes / 1e9:.1f} GB",
        f"{1000 * part.outcome.p95_s:.0f}",
    ]


def network_table(costs: UnitCosts, traffics: Sequence[Traffic]) -> str:
    """How many cameras a frames server's network carries, and its thread, in Markdown."""
    head = ["Gbit/s each way", *(f"cameras, {each.name}" for each in traffics)]
    rows = [[str(each), *(_carried(costs, traffic, each) for traffic in traffics)] for each in GIGABITS]
    thread = ["the server's thread", *(f"{_server_bound(costs, traffic):,.0f}" for traffic in traffics)]
    return markdown(head, [*rows, thread])


def _carried(costs: UnitCosts, traffic: Traffic, gigabits: float) -> str:
    return f"{gigabits * 1e6 / 8 / (traffic.fps * traffic.sent_share * costs.jpeg_kilobytes):,.0f}"


def _server_bound(costs: UnitCosts, traffic: Traffic) -> float:
    free = replace(traffic, name="")
    return bound(costs.model_copy(update={"state_ms": 1e-6, "state_held_ms": 1e-6}), free, 1_000_000)
