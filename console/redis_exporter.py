"""The metrics of both Redis servers themselves: whether they answer, their memory, and what the operator wants."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import redis
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared import metric_names
from shared.cluster import nodes
from shared.connections import Servers
from shared.streams import DESIRED_WORKERS


@dataclass(frozen=True)
class _Look:
    """How one server does; what is not known is ``None``."""

    is_up: bool
    used_bytes: int | None = None
    limit_bytes: int | None = None


class RedisCollector(Collector):
    """Looks at each server at each scrape: one that is away hides nothing of the other.

    A server that hangs holds the scrape up for 1 s.
    """

    def __init__(self, looks: Servers) -> None:
        """``looks`` are clients that do not wait for long (see ``shared.connections.connect_for_looks``)."""
        self._clients = {"frames": looks.frames, "state": looks.state}

    def describe(self) -> list[Metric]:
        """Nothing: the names are known, and registering must not ask the servers."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics of this instant."""
        up = GaugeMetricFamily(metric_names.REDIS_UP, "1 while the server answers", labels=["server"])
        used = GaugeMetricFamily(metric_names.REDIS_MEMORY, "Memory that the server uses", labels=["server"])
        limit = GaugeMetricFamily(metric_names.REDIS_MEMORY_LIMIT, "Memory that it may use", labels=["server"])
        looks = {server: _look_at(client) for server, client in self._clients.items()}
        for server, look in looks.items():
            up.add_metric([server], look.is_up)
            for family, known in ((used, look.used_bytes), (limit, look.limit_bytes)):
                if known is not None:
                    family.add_metric([server], known)
        yield from (up, used, limit)
        if looks["state"].is_up:
            yield from _workers_wanted(self._clients["state"])


def _look_at(client: redis.Redis) -> _Look:
    try:
        # Of a cluster the sum: what a shard may hold depends on the node that has it.
        memories = [cast("Mapping[str, int]", each.info("memory")) for each in nodes(client)]
    except redis.ResponseError:
        # It answers, though this login may not ask for that.
        return _Look(is_up=True)
    except redis.RedisError:
        return _Look(is_up=False)
    limits = [each.get("maxmemory") or each.get("total_system_memory") for each in memories]
    return _Look(is_up=True, used_bytes=_sum(each.get("used_memory") for each in memories), limit_bytes=_sum(limits))


def _sum(figures: Iterable[int | None]) -> int | None:
    """``None`` where one of them is not known."""
    known = list(figures)
    return None if None in known else sum(each or 0 for each in known) or None


def _workers_wanted(state: redis.Redis) -> Iterator[Metric]:
    try:
        wanted = state.get(DESIRED_WORKERS)
    except redis.RedisError:
        return
    if isinstance(wanted, bytes) and wanted.isdigit():
        yield GaugeMetricFamily(metric_names.WORKERS_WANTED, "Workers to run on each machine", value=int(wanted))
