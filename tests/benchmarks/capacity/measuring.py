"""One step: everything is read at both ends of a window, and in between only the results of a few cameras."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared import metric_names
from shared.settings import ProducerSettings
from tests.benchmarks.camera_feeds import Feed, Wire
from tests.benchmarks.capacity import accounting, processes
from tests.benchmarks.capacity.accounting import Account
from tests.benchmarks.capacity.figures import Load, Step
from tests.benchmarks.capacity.histogram import Buckets, buckets, percentiles_between
from tests.benchmarks.capacity.latencies import Percentiles, ResultReader, percentiles, since_sent
from tests.benchmarks.capacity.machine import CoreTime, core_time, cores
from tests.benchmarks.capacity.memory import memory
from tests.benchmarks.capacity.processes import Use
from tests.benchmarks.capacity.scenes import sample_of
from tests.benchmarks.capacity.site import KEYS, Site

_SAMPLED = 8  # cameras with people and as many without, of which each result is read
_READ_EVERY_S = 1.0
_LONGEST_WAY_S = 15.0  # of a picture that is judged: older ones are dropped as stale


@dataclass(frozen=True)
class Setup:
    """What does not change from step to step: what cameras show, how many pictures late a wire gives them."""

    feeds: Sequence[Feed]
    pictures_late: Mapping[Wire, int]
    bounds: ProducerSettings
    seconds: float
    settle_s: float


@dataclass(frozen=True)
class _Reading:
    at: float  # Unix time in seconds
    accounts: Sequence[Account]
    sent: int
    judged: Buckets
    machine: CoreTime
    uses: Mapping[int, Use]


def measure(site: Site, cameras: int, setup: Setup) -> Step:
    """So many cameras for a while."""
    live_after_s = site.hold(cameras)
    time.sleep(setup.settle_s)
    names = processes.named(site.system.process.pid, site.cameras.pid)
    sampled = sample_of(setup.feeds[:cameras], _SAMPLED)
    before = _reading(site, names)
    reader = ResultReader(site.servers.frames, KEYS, [site.attached[number] for number in sampled], before.at)
    while (left_s := before.at + setup.seconds - time.time()) > 0:
        time.sleep(min(_READ_EVERY_S, left_s))
        reader.read()
    after = _reading(site, names)
    seconds = after.at - before.at
    return Step(
        cameras=cameras,
        seconds=seconds,
        live_after_s=live_after_s,
        states=accounting.states(after.accounts),
        sent=(after.sent - before.sent) / seconds,
        flow=accounting.flow(before.accounts, after.accounts, seconds),
        latency=_latency(site, reader, sampled, before.at, setup),
        judged_latency=percentiles_between(before.judged, after.judged),
        load=_load(names, before, after),
        memory=memory(site.servers, KEYS, list(reader.judged), cameras, setup.bounds),
        fits=site.fits(),
    )


def _reading(site: Site, names: Mapping[int, str]) -> _Reading:
    events = site.system.processes("events")
    return _Reading(
        judged=buckets(events[0].metrics_url, metric_names.END_TO_END_LATENCY) if events else {},
        sent=sum(each.pictures for each in site.cameras.told()[: len(site.attached)]),
        accounts=site.accounts(),
        machine=core_time(),
        uses=processes.uses(names),
        at=time.time(),
    )


def _latency(
    site: Site, reader: ResultReader, sampled: Sequence[int], since: float, setup: Setup
) -> Percentiles | None:
    sent = site.cameras.sent(since - _LONGEST_WAY_S)
    found = []
    for number, judged in zip(sampled, reader.judged.values(), strict=True):
        late = setup.pictures_late[setup.feeds[number].wire]
        found += since_sent(judged, [at for at, _ in sent[number]], late)
    return percentiles(found)


def _load(names: Mapping[int, str], before: _Reading, after: _Reading) -> Load:
    seconds = after.at - before.at
    used = processes.cores_used(before.uses, after.uses, seconds)
    # The kernel's own count of the time that passed: cores that a hypervisor took away are in it.
    share = (after.machine.idle_s - before.machine.idle_s) / (after.machine.all_s - before.machine.all_s)
    idle = share * cores()
    return Load(
        cores=cores(),
        used=processes.summed(names, used),
        idle=idle,
        others=max(0.0, cores() - idle - sum(used.values())),
        rss_mib=processes.summed(names, {pid: use.rss_mib for pid, use in after.uses.items()}),
        threads=processes.summed(names, {pid: use.threads for pid, use in after.uses.items()}),
        descriptors=processes.summed(names, {pid: use.descriptors for pid, use in after.uses.items()}),
    )
