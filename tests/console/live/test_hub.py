import time

from prometheus_client import CollectorRegistry

from console.live.hub import Hub
from shared.connections import Servers
from shared.streams import KeySpace


def test_cameras_without_a_picture_slow_down_none_of_the_others(servers: Servers) -> None:
    hub = Hub(servers.frames, KeySpace(), CollectorRegistry())
    hub._shown_at = {"gate": time.monotonic() - 0.2}
    asked = ["gate", *(f"none-{number}" for number in range(256))]
    assert "gate" in hub._due(asked)
