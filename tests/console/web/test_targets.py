from datetime import UTC, datetime

import requests

from shared import heartbeats
from shared.connections import Servers
from shared.messages import ProcessInfo
from tests.console.web.consoles import running_console


def beat(servers: Servers, process_id: str, name: str, url: str) -> None:
    now = datetime.now(UTC)
    info = ProcessInfo(
        id=process_id, name=name, role="worker", pid=1, host="box", started_at=now, heartbeat_at=now, metrics_url=url
    )
    heartbeats.write(servers.state, info)


def test_prometheus_finds_the_processes_that_live_under_names_that_outlive_them(servers: Servers) -> None:
    beat(servers, "w1", "worker-1", "http://10.0.0.7:4711/metrics")
    beat(servers, "w2", "", "http://10.0.0.8:4712/metrics")
    beat(servers, "w3", "silent", "")
    with running_console(servers) as url:
        found = requests.get(f"{url}/prometheus/targets", timeout=10).json()
    assert found == [
        {
            "targets": ["10.0.0.7:4711"],
            "labels": {
                "__metrics_path__": "/metrics",
                "__scheme__": "http",
                "role": "worker",
                "instance": "box/worker-1",
            },
        },
        {
            "targets": ["10.0.0.8:4712"],
            "labels": {"__metrics_path__": "/metrics", "__scheme__": "http", "role": "worker"},
        },
    ]
