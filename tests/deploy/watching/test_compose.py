"""The containers: pinned, hardened, and with everything mounted that they are told of. None is started here."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.watching.configuration import SHIPPED
from deploy.watching.processes import RETENTION

FILE = SHIPPED / "compose" / "watching.yaml"
COMPOSE = shutil.which("docker-compose")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
each_service = pytest.mark.parametrize("name", SERVICES)


def mounts(name: str) -> list[tuple[str, str]]:
    """What is mounted and where; a variable stands for its default."""
    plain = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", each) for each in SERVICES[name]["volumes"]]
    return [(each.split(":")[0], each.split(":")[1]) for each in plain]


@pytest.mark.skipif(COMPOSE is None, reason="docker-compose is not installed (Debian: docker-compose)")
def test_compose_can_read_the_file() -> None:
    command = [str(COMPOSE), "--file", str(FILE), "config", "--quiet"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert answer.returncode == 0, answer.stderr


@each_service
def test_its_version_is_pinned(name: str) -> None:
    assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", SERVICES[name]["image"])


@each_service
def test_it_has_no_rights_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert int(service["user"].split(":")[0]) > 0
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "ports"} & set(service)


@each_service
def test_what_it_mounts_exists_and_is_not_written(name: str) -> None:
    volumes = yaml.safe_load(FILE.read_text())["volumes"]
    for (source, _), mount in zip(mounts(name), SERVICES[name]["volumes"], strict=True):
        if source.startswith("."):
            assert (FILE.parent / source).resolve().exists()
            assert mount.endswith(":ro")
        else:
            assert source in volumes


@each_service
def test_it_says_whether_it_is_well_and_listens_on_this_machine_alone(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    told = [*service.get("command", []), *service.get("environment", {}).values()]
    assert any("127.0.0.1" in each for each in told)


def test_every_file_that_it_is_told_of_is_mounted() -> None:
    for name in ("prometheus", "alertmanager"):
        config = next(each for each in SERVICES[name]["command"] if each.startswith("--config.file="))
        assert config.removeprefix("--config.file=") in {target for _, target in mounts(name)}
    assert SERVICES["grafana"]["environment"]["DASHBOARDS_FOLDER"] in {target for _, target in mounts("grafana")}


def test_prometheus_finds_its_rules_beside_its_configuration() -> None:
    targets = dict(mounts("prometheus"))
    config = yaml.safe_load((SHIPPED / "prometheus" / "prometheus.yml").read_text())
    beside = Path(targets["../prometheus/prometheus.yml"]).parent
    assert {str(beside / each) for each in config["rule_files"]} <= set(targets.values())


def test_it_remembers_as_long_as_without_containers() -> None:
    assert f"--storage.tsdb.retention.time={RETENTION}" in SERVICES["prometheus"]["command"]
