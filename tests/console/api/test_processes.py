from datetime import UTC, datetime

from shared import heartbeats
from shared.connections import Servers
from shared.messages import ProcessInfo
from shared.streams import PROCESSES
from tests.console.api.client import Client
from tests.console.builders import run_process


def test_all_that_live_are_listed_without_what_is_secret_in_their_addresses(api: Client, servers: Servers) -> None:
    now = datetime.now(UTC)
    worker = ProcessInfo(
        id="worker-here-7", name="worker-1", role="worker", pid=7, host="here", started_at=now, heartbeat_at=now,
        metrics_url="http://guard:hush@here:9/metrics?token=hush", frames_per_second=4.5, model_version=3,
        detector="yunet",
    )  # fmt: skip
    heartbeats.write(servers.state, worker)
    run_process(servers, "producer-1", role="producer", model_version=0, detector="")
    producer, told = api.get("/processes")
    assert (producer["id"], producer["role"], producer["metrics_url"]) == ("producer-1", "producer", "")
    assert told == {
        "id": "worker-here-7", "name": "worker-1", "role": "worker", "host": "here", "started_at": now.isoformat(),
        "heartbeat_at": told["heartbeat_at"], "metrics_url": "http://***@here:9/metrics?token=***", "model_version": 3,
        "detector": "yunet", "frames_per_second": 4.5,
    }  # fmt: skip


def test_who_is_silent_is_not_listed(api: Client, servers: Servers) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    gone = ProcessInfo(id="gone", role="events", pid=1, host="here", started_at=long_ago, heartbeat_at=long_ago)
    servers.state.hset(PROCESSES, "gone", gone.model_dump_json())
    assert api.get("/processes") == []
