"""One alert goes all the way: from a console's metric through Prometheus and Alertmanager to a receiver."""

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from deploy.local.child import ProcessSpec
from deploy.local.supervisor import Supervisor
from deploy.watching.addresses import Addresses
from deploy.watching.configuration import write_configuration
from deploy.watching.folder import WatchingFolder
from deploy.watching.processes import PROMETHEUS, processes
from deploy.watching.programs import ProgramMissing, find_programs
from tests.deploy.prometheus.console import Desk, running_desk
from tests.waiting import eventually

try:
    PROGRAMS = find_programs()
except ProgramMissing as missing:
    pytest.skip(str(missing), allow_module_level=True)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running_desk() as desk:
        yield desk


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_camera_that_is_down_is_told_to_the_receiver_and_so_is_that_it_is_back(desk: Desk, tmp_path: Path) -> None:
    desk.metrics = metrics(gate_up=False)
    supervisor = Supervisor(tmp_path / "logs", print)
    try:
        for spec in short_watching(WatchingFolder(tmp_path), desk):
            supervisor.add(spec)
        down = eventually(lambda: desk.alerts("CameraDown", "firing"), timeout_s=90, interval_s=0.2)
        assert down[0]["labels"] == {"alertname": "CameraDown", "camera": "gate", "severity": "page"}
        assert down[0]["annotations"]["summary"] == "Camera gate is down"
        assert down[0]["annotations"]["dashboard"].endswith("?var-camera=gate")
        desk.metrics = metrics(gate_up=True)
        eventually(lambda: desk.alerts("CameraDown", "resolved"), timeout_s=90, interval_s=0.2)
        assert {alert["labels"]["camera"] for alert in desk.alerts("CameraDown", "firing")} == {"gate"}
    finally:
        supervisor.stop()


def metrics(*, gate_up: bool) -> str:
    return f"""
maskwatch_redis_up{{server="state"}} 1
maskwatch_camera_up{{camera="gate"}} {int(gate_up)}
maskwatch_camera_state{{camera="gate",state="stopped"}} 0
maskwatch_camera_up{{camera="clip"}} 0
maskwatch_camera_state{{camera="clip",state="stopped"}} 1
"""


def short_watching(folder: WatchingFolder, desk: Desk) -> list[ProcessSpec]:
    """What `maskwatch watch` runs, with seconds instead of minutes and the desk as the receiver."""
    addresses = Addresses(desk.url, free_port(), free_port(), free_port())
    write_configuration(folder, addresses)
    prometheus = re.sub(r"(interval|timeout): \d+s", r"\1: 1s", folder.prometheus_config.read_text())
    folder.prometheus_config.write_text(prometheus)
    folder.rules.write_text(re.sub(r"for: \S+", "for: 2s", folder.rules.read_text()).replace("[2m]", "[5s]"))
    alertmanager = yaml.safe_load(folder.alertmanager_config.read_text())
    alertmanager["receivers"][0]["webhook_configs"] = [{"url": desk.url}]
    alertmanager["route"] |= {"group_wait": "0s", "group_interval": "1s"}
    folder.alertmanager_config.write_text(yaml.safe_dump(alertmanager))
    quick = ("--rules.alert.resend-delay=2s",)  # the first try may come before Alertmanager listens
    return [
        replace(spec, argv=spec.argv + quick) if spec.name == PROMETHEUS else spec
        for spec in processes(replace(PROGRAMS, grafana=None), folder, addresses, folder.alertmanager_config)
    ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
