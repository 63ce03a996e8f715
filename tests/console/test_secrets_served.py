"""What processes serve to monitoring and to those who look holds no password of a camera."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

from shared import heartbeats
from shared.connections import Servers
from tests.producer.builders import a_camera, attach, state_of
from tests.producer.servers import free_port
from tests.waiting import eventually

PASSWORD = "hunter2"  # noqa: S105 - of no camera


@contextmanager
def processes(redis_url: str, *modules: str) -> Iterator[None]:
    named = {"FRAMES_REDIS": redis_url, "STATE_REDIS": redis_url, "CONSOLE_PORT": "0"}
    environment = os.environ | {f"MASKWATCH_{name}": value for name, value in named.items()}
    started = [subprocess.Popen([sys.executable, "-m", module], env=environment) for module in modules]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()


def addresses(servers: Servers) -> dict[str, str]:
    """Where both serve their metrics, once both live."""
    found: dict[str, str] = {each.role: each.metrics_url for each in heartbeats.read(servers.state)}
    return found if len(found) == 2 else {}


def page(url: str) -> str:
    with urlopen(url, timeout=20) as answer:  # noqa: S310 - on this machine
        return str(answer.read().decode())


def test_metrics_targets_and_api_show_no_password(servers: Servers, redis_url: str) -> None:
    # As an earlier release stored it, with the password in the address.
    source = f"http://guard:{PASSWORD}@127.0.0.1:{free_port()}/live?token={PASSWORD}"
    attach(servers, a_camera("gate", source=source))
    with processes(redis_url, "producer", "console"):
        eventually(lambda: state_of(servers, "gate") == "backing_off", timeout_s=60)
        urls = eventually(lambda: addresses(servers), timeout_s=60)
        console = urls["console"].removesuffix("/metrics")
        served = {url: page(url) for url in urls.values()}
        for path in (
            "/prometheus/targets",
            "/api/v1/cameras",
            "/api/v1/cameras/gate",
            "/api/v1/system",
            "/api/v1/processes",
        ):
            served[path] = page(console + path)
    assert 'camera="gate"' in served[urls["console"]]
    assert "maskwatch_" in served[urls["producer"]]
    assert "127.0.0.1" in served["/api/v1/cameras/gate"]
    for url, text in served.items():
        assert PASSWORD not in text, url
