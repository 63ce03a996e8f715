"""What the servers hold, against the bound that the settings set."""

from collections.abc import Sequence
from dataclasses import dataclass

import redis

from shared.connections import Servers
from shared.settings import ProducerSettings
from shared.streams import KeySpace

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Memory:
    """MiB in use of both servers; KiB that an entry takes; ``bound_mib`` is what full streams would take."""

    frames_mib: float
    state_mib: float
    frame_kib: float
    result_kib: float
    bound_mib: float


def memory(
    servers: Servers, keys: KeySpace, cameras: Sequence[str], attached: int, settings: ProducerSettings
) -> Memory:
    """Now; the sizes of entries are means over ``cameras``, the bound is that of all ``attached`` ones."""
    frame = _entry_bytes(servers.frames, [keys.frames(camera) for camera in cameras])
    result = _entry_bytes(servers.frames, [keys.results(camera) for camera in cameras])
    bound = attached * (settings.max_frames_per_camera * frame + settings.max_results_per_camera * result)
    used = (int(server.info("memory")["used_memory"]) for server in (servers.frames, servers.state))
    frames_mib, state_mib = (each / _MIB for each in used)
    return Memory(frames_mib, state_mib, frame / 1024, result / 1024, bound / _MIB)


def _entry_bytes(server: redis.Redis, streams: Sequence[str]) -> float:
    pipeline = server.pipeline(transaction=False)
    for stream in streams:
        pipeline.memory_usage(stream)
        pipeline.xlen(stream)
    answers = pipeline.execute()
    held, entries = (sum(each or 0 for each in answers[at::2]) for at in (0, 1))
    return held / entries if entries else 0.0
