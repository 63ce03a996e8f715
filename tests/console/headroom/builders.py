"""A system that has measured itself."""

from datetime import UTC, datetime

from shared import heartbeats
from shared.connections import Servers
from shared.messages import ProcessInfo, ProcessLoad
from tests.console.builders import a_camera, a_status, attach, say


def tell(servers: Servers, role: str, host: str = "here", **load: float | None) -> None:
    """A process with a load: on a machine of 2 cores that is half idle, over a minute, unless said otherwise."""
    now = datetime.now(UTC)
    usual = {"seconds": 60.0, "cores": 2, "machine_idle": 0.5, "cpu_cores": 0.1}
    info = {"id": f"{role}-1", "role": role, "pid": 1, "host": host, "started_at": now, "heartbeat_at": now}
    info |= {"load": ProcessLoad.model_validate(usual | load)}
    heartbeats.write(servers.state, ProcessInfo.model_validate(info))


def a_measured_system(servers: Servers, cameras: int = 4) -> None:
    """Cameras of 5 frames a second, of which 2 are judged; half a core in all, and half a core is others' work."""
    for number in range(cameras):
        say(servers, a_status(attach(servers, a_camera(f"camera-{number}"))))
    tell(servers, "producer", cpu_cores=0.1, frames_per_second=5.0 * cameras)
    tell(servers, "worker", cpu_cores=0.24, frames_per_second=2.0 * cameras, threads=2)
    tell(servers, "events", cpu_cores=0.1, redis_cores=0.06, frames_per_second=2.0 * cameras)
