"""One look at a whole running system: its processes, servers, streams, files and counts."""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

import redis

from shared import metric_names
from shared.streams import CountField
from tests.benchmarks.capacity import processes
from tests.benchmarks.capacity.accounting import Account
from tests.benchmarks.capacity.histogram import Buckets, buckets, percentiles_between
from tests.benchmarks.capacity.site import KEYS, Site
from tests.benchmarks.process_usage import Usage, cpu_s, usage_of
from tests.benchmarks.soak.figures import Figures, Sample

_MIB = 1024 * 1024
_KEPT_KEYS = {"counts", "history", "violations", "violation_log"}  # for days, by the settings
_NOT_OURS = {processes.CAMERAS, processes.HARNESS}


class Sampler:
    """Looks at a site; what is told a picture or of an interval counts from the look before."""

    def __init__(self, site: Site) -> None:
        """Nothing was looked at yet."""
        self.faults: list[str] = []  # what must not be, in words, each once
        self._site = site
        self._began_at = time.monotonic()
        self._pids: dict[str, int] = {}
        self._captured = 0
        self._used_s: dict[int, float] = {}
        self._judged: Buckets = {}

    def sample(self) -> Sample:
        """All figures now."""
        accounts = self._site.accounts()
        found = {
            **self._of_processes(sum(each.captured for each in accounts)),
            **self._of_frames_server(),
            **self._of_state_server(),
            **_of_files(self._site.system.data),
            **self._of_accounts(accounts),
            "latency": self._latency(),
        }
        for server, client in (("frames", self._site.servers.frames), ("state", self._site.servers.state)):
            kept_kib = sum(found["kept keys"].values()) if server == "state" else 0.0
            memory_mib = int(client.info("memory")["used_memory"]) / _MIB - kept_kib / 1024
            found["server memory"] = {**found.get("server memory", {}), server: memory_mib}
        return Sample(round(time.monotonic() - self._began_at, 1), found)

    def _of_processes(self, captured: int) -> dict[str, Mapping[str, float]]:
        every = processes.named(self._site.system.process.pid, self._site.cameras.pid)
        names = {pid: name for pid, name in every.items() if name not in _NOT_OURS}
        self._note_restarts(names)
        usages, used_s = _usages(names), _cpu_s(names)
        pictures = max(1, captured - self._captured)
        spent = {pid: 1000 * (now - self._used_s.get(pid, now)) / pictures for pid, now in used_s.items()}
        is_first, self._captured, self._used_s = not self._used_s, captured, used_s
        return {
            "RSS": processes.summed(names, {pid: each.rss_kib / 1024 for pid, each in usages.items()}),
            "PSS": processes.summed(names, {pid: each.pss_kib / 1024 for pid, each in usages.items()}),
            "open files": processes.summed(names, {pid: each.descriptors for pid, each in usages.items()}),
            "threads": processes.summed(names, {pid: each.threads for pid, each in usages.items()}),
            "processor time": {} if is_first else processes.summed(names, spent),
        }

    def _note_restarts(self, names: Mapping[int, str]) -> None:
        pids = {name: pid for pid, name in names.items() if not name.isdecimal()}
        for name, pid in self._pids.items():
            if pids.get(name) != pid:
                self._blame(f"{name} ended")
        self._pids = pids

    def _of_frames_server(self) -> dict[str, Mapping[str, float]]:
        pipeline = self._site.servers.frames.pipeline(transaction=False)
        kinds = {"frames": KEYS.frames, "results": KEYS.results, "tracks": KEYS.tracks, "dead": KEYS.dead_letters}
        for key in kinds.values():
            for camera in self._site.attached:
                pipeline.xlen(key(camera))
        lengths, each = pipeline.execute(), len(self._site.attached)
        return {"entries": {kind: sum(lengths[at * each : (at + 1) * each]) for at, kind in enumerate(kinds)}}

    def _of_state_server(self) -> dict[str, Mapping[str, float]]:
        sizes: dict[str, dict[str, float]] = {"keys": {}, "kept keys": {}}
        for key, size in _sizes(self._site.servers.state):
            kind = _kind_of(key)
            part = sizes["kept keys" if kind in _KEPT_KEYS else "keys"]
            part[kind] = part.get(kind, 0.0) + size / 1024
        return dict(sizes)

    def _of_accounts(self, accounts: Iterable[Account]) -> dict[str, Mapping[str, float]]:
        inexact = [each.camera for each in accounts if not each.is_exact]
        for camera in inexact:
            self._blame(f"{camera} does not add up")
        flying = sum(each.in_flight for each in accounts)
        return {"inexact cameras": {"all": len(inexact)}, "in flight": {"all": flying}}

    def _latency(self) -> Mapping[str, float]:
        events = self._site.system.processes("events")
        judged = buckets(events[0].metrics_url, metric_names.END_TO_END_LATENCY) if events else {}
        found = percentiles_between(self._judged, judged) if self._judged and judged else None
        self._judged = judged or self._judged
        return {} if found is None else {"p50": found.p50_ms, "p95": found.p95_ms}

    def _blame(self, fault: str) -> None:
        if fault not in self.faults:
            self.faults.append(fault)

    def violations(self) -> int:
        """How many were opened so far, of all cameras."""
        counts = (
            self._site.servers.state.hget(KEYS.counts(each), CountField.VIOLATIONS) for each in self._site.attached
        )
        return sum(int(cast("bytes | None", each) or 0) for each in counts)


def _usages(pids: Iterable[int]) -> dict[int, Usage]:
    found = {}
    for pid in pids:
        with suppress(OSError, KeyError):  # it has ended meanwhile
            found[pid] = usage_of(pid)
    return found


def _cpu_s(pids: Iterable[int]) -> dict[int, float]:
    found = {}
    for pid in pids:
        with suppress(OSError):
            found[pid] = cpu_s(pid)
    return found


def _sizes(server: redis.Redis) -> list[tuple[str, int]]:
    """Every key of a server and the bytes that it takes."""
    keys = [cast("bytes", key) for key in server.scan_iter(count=1000)]
    pipeline = server.pipeline(transaction=False)
    for key in keys:
        pipeline.memory_usage(key, samples=0)
    return [(key.decode(), size or 0) for key, size in zip(keys, pipeline.execute(), strict=True)]


def _kind_of(key: str) -> str:
    """The kind of a key, without whose it is: `counts` of `maskwatch:{s0}:counts:gate`."""
    parts = key.split(":")
    return parts[2] if len(parts) > 2 and parts[1].startswith("{s") else ":".join(parts[1:])


def _of_files(data: Path) -> Figures:
    logs = {each.stem: _bytes_of(each) / 1024 for each in (data / "logs").glob("*.log")}
    kept = {each.name: _bytes_of(each) / _MIB for each in data.iterdir() if each.is_dir() and each.name != "logs"}
    return {"log": logs, "kept files": kept}


def _bytes_of(place: Path) -> int:
    total = 0
    for each in [place] if place.is_file() else place.rglob("*"):
        with suppress(OSError):  # it has been removed meanwhile
            total += each.stat().st_size if each.is_file() else 0
    return total
