"""The events worker's heartbeat, and how much of the processor the Redis servers beside it use."""

import contextlib
import ipaddress
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import redis

from shared import heartbeats
from shared.cluster import nodes
from shared.connections import connect_for_looks, host_of
from shared.load_meter import LoadMeter, Totals
from shared.messages import ProcessInfo

_CPU_SECONDS = ("used_cpu_sys", "used_cpu_user", "used_cpu_sys_children", "used_cpu_user_children")


class RedisTime:
    """The processor seconds of those Redis servers that run on this machine: no process of ours tells them."""

    def __init__(self, *urls: str) -> None:
        """Of these servers, each one once; they are connected to at the first look."""
        self._clients = [connect_for_looks(url) for url in sorted(set(urls))]

    def total_s(self) -> float | None:
        """Since the servers started; ``None`` where none runs here or one does not answer within a second."""
        try:
            # Asked each time: another server may play the role by now.
            here = [server for each in self._clients for server in nodes(each) if _is_here(server)]
            told = [each.info("cpu") for each in here]
        except redis.RedisError:
            return None
        return sum(float(each.get(name, 0)) for each in told for name in _CPU_SECONDS) if told else None

    def close(self) -> None:
        """Give the connections back."""
        for each in self._clients:
            each.close()


def _is_here(client: redis.Redis) -> bool:
    address = client.get_connection_kwargs()
    if "path" in address:
        return True
    host = host_of(client)
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


class Heart:
    """Writes ``ProcessInfo`` every ``interval_s`` seconds from ``start`` on until ``stop`` is set."""

    def __init__(
        self,
        state: redis.Redis,
        info: ProcessInfo,
        measured: Callable[[], Totals],
        interval_s: float,
        stop: threading.Event,
    ) -> None:
        """``info`` is what does not change, ``measured`` is asked at each beat."""
        self._state = state
        self._info = info
        self._measured = measured
        self._interval_s = interval_s
        self._stop = stop
        self._meter = LoadMeter()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Beat from now on, in a thread of its own."""
        self._thread.start()

    def join(self) -> None:
        """Wait, for 5 s at most, until it has said that the process has ended."""
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            # The loop reports a server that is away, and the next beat may get through.
            with contextlib.suppress(redis.RedisError):
                heartbeats.write(self._state, self._beat())
            self._stop.wait(self._interval_s)
        with contextlib.suppress(redis.RedisError):  # else it is forgotten by its silence
            heartbeats.remove(self._state, self._info.id)

    def _beat(self) -> ProcessInfo:
        load = self._meter.measure(self._measured())
        return self._info.model_copy(update={"heartbeat_at": datetime.now(UTC), "load": load})
