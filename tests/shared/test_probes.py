import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Counter

from shared.probes import PortInUse, ProbeServer


class _Process:
    def __init__(self, host: str = "127.0.0.1") -> None:
        self.missing = ""
        self.registry = CollectorRegistry()
        self.server = ProbeServer(host, 0, self.registry, lambda: self.missing)
        self.server.start()

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.server.url + path, timeout=5) as answer:  # noqa: S310 - loopback
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


@pytest.fixture
def process() -> Iterator[_Process]:
    process = _Process()
    yield process
    process.server.close()


def test_metrics_are_those_of_the_registry_passed_in(process: _Process) -> None:
    Counter("maskwatch_frames", "x", registry=process.registry).inc(3)
    assert "maskwatch_frames_total 3.0" in process.get("/metrics")[1]


def test_a_process_that_lives_but_cannot_work_is_healthy_and_not_ready(process: _Process) -> None:
    process.missing = "no model"
    assert process.get("/healthz") == (200, "ok\n")
    assert process.get("/readyz") == (503, "no model\n")


def test_a_process_that_can_work_is_ready(process: _Process) -> None:
    assert process.get("/readyz") == (200, "ready\n")


def test_another_path_is_not_found(process: _Process) -> None:
    assert process.get("/etc/passwd")[0] == 404


def test_a_taken_port_is_refused_by_name(process: _Process) -> None:
    port = int(process.server.url.rsplit(":", 1)[1])
    with pytest.raises(PortInUse, match=str(port)):
        ProbeServer("127.0.0.1", port, CollectorRegistry(), lambda: "")


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6")
def test_an_address_of_ipv6_is_served_and_told_in_brackets() -> None:
    process = _Process("::1")
    try:
        assert process.server.url.startswith("http://[::1]:")
        assert process.get("/readyz") == (200, "ready\n")
    finally:
        process.server.close()


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6")
def test_on_all_addresses_it_answers_by_both_protocols() -> None:
    process = _Process("::")
    try:
        port = process.server.url.rsplit(":", 1)[1]
        for host in ("127.0.0.1", "[::1]"):
            with urllib.request.urlopen(f"http://{host}:{port}/healthz", timeout=5) as answer:
                assert answer.status == 200
    finally:
        process.server.close()
