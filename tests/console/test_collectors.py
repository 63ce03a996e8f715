"""All metrics of the console in one scrape."""

import socket
import tempfile

import pytest
from prometheus_client import CollectorRegistry

from console.collectors import register
from console.finding import RunningSystem
from console.web.context import ApiContext
from shared.connections import connect_both
from shared.settings import ConsoleSettings
from shared.streams import KeySpace


@pytest.mark.timeout(30)
def test_servers_that_hang_hold_a_scrape_up_for_less_than_prometheus_waits() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="mw-") as folder, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{folder}/s")
        silent.listen()
        url = f"unix://{folder}/s"
        servers = connect_both(url, url)
        settings = ConsoleSettings(frames_redis=url, state_redis=url)
        registry = CollectorRegistry()
        register(registry, ApiContext(RunningSystem(servers, KeySpace(), None, url), settings, None))
        told = {sample.name for family in registry.collect() for sample in family.samples}
        servers.close()
    assert "maskwatch_redis_up" in told
    assert "maskwatch_camera_up" not in told
