"""Whether the manifests agree with the code: settings, commands, images, ports, probes, time to end, memory."""

import importlib.util
import math
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from unittest import mock

import requests
from prometheus_client import CollectorRegistry

from console.web import probes as console_probes
from shared import settings as ours
from shared.connections import connect
from shared.probes import ProbeServer
from tests.deploy.k8s.manifests import ROOT, Document, Pod, Site, quantity

SOCKET_TIMEOUT_S = 15  # what a call of a server that hangs may take
READERS: Mapping[str, type[ours.Settings]] = {
    "producer": ours.ProducerSettings,
    "worker": ours.WorkerSettings,
    "events": ours.EventsSettings,
    "trainer": ours.TrainerSettings,
    "console": ours.ConsoleSettings,
}
MODULES = {"worker.events": "events"}  # an image has the name of its role


def faults(site: Site) -> Iterator[str]:
    """What is not as the code has it."""
    for pod in site.pods:
        for container in pod.containers:
            where = f"{pod.name}/{container['name']}"
            each = (*_of_settings(site, container), *_of_command(container), *_of_probes(site, pod, container))
            yield from (f"{where}: {why}" for why in each)
        yield from (f"{pod.name}: {why}" for why in (*_of_its_end(pod), *_of_processors(site, pod)))
        yield from (f"{pod.name}: {why}" for why in _of_memory(pod))


def variables(site: Site, container: Document) -> dict[str, str]:
    """What a container is told; where a Secret says it, something that could stand there."""
    told = dict(site.settings) if container.get("envFrom") else {}
    for each in container.get("env", []):
        is_address = each["name"].endswith("_REDIS")
        told[each["name"]] = each.get("value", "redis://server:6379/0" if is_address else "pod-0")
    return told


def _of_settings(site: Site, container: Document) -> Iterator[str]:
    told = {name: value for name, value in variables(site, container).items() if name.startswith(ours.PREFIX)}
    if not told:
        return
    role = _role_of(container)
    with mock.patch.dict(os.environ, told, clear=True):
        try:
            ours.load(READERS[role])
        except (ours.UnknownSetting, ours.InvalidSetting) as error:
            yield str(error)


def _role_of(container: Document) -> str:
    return str(container["image"]).split("/")[-1].split(":")[0]


def _of_command(container: Document) -> Iterator[str]:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    role = _role_of(container)
    if role not in READERS:
        if not re.fullmatch(r"[a-z]+/[a-z]+:\d+\.\d+\.\d+", container["image"]):
            yield f"its image {container['image']} is not pinned"
        return
    if container["image"] != f"maskwatch/{role}:{version}":
        yield f"its image is {container['image']}, this is version {version}"
    python, option, module = container["command"]
    if (python, option) != ("python", "-m") or not _can_run(module):
        yield f"nothing runs as {container['command']}"
    if MODULES.get(module, module.split(".")[0]) not in {role, "deploy"}:
        yield f"the image {role} does not run {module}"


def _can_run(module: str) -> bool:
    found = importlib.util.find_spec(module)
    if found is None:
        return False
    return found.submodule_search_locations is None or importlib.util.find_spec(f"{module}.__main__") is not None


def _of_probes(site: Site, pod: Pod, container: Document) -> Iterator[str]:
    probes = {
        name: container[name] for name in ("startupProbe", "livenessProbe", "readinessProbe") if name in container
    }
    if container in pod.spec["containers"] and len(probes) != 3:
        yield f"it has the probes {sorted(probes)} alone"
    told = variables(site, container)
    for name, probe in probes.items():
        asked = probe.get("httpGet")
        if asked is None:
            continue
        is_console = _role_of(container) == "console"
        if asked["path"] not in (console_paths() if is_console else process_paths()):
            yield f"its {name} asks for {asked['path']}, which it does not answer"
        listens = told[f"{ours.PREFIX}{'CONSOLE' if is_console else 'METRICS'}_PORT"]
        if str(pod.ports.get(asked["port"])) != listens:
            yield f"its {name} asks port {asked['port']}, and it listens on {listens}"
        wanted = "/readyz" if name == "readinessProbe" else "/healthz"
        if asked["path"] != wanted:
            yield f"its {name} asks for {asked['path']} in place of {wanted}"


@cache
def process_paths() -> set[str]:
    """What every process answers over HTTP, as one says itself."""
    server = ProbeServer("127.0.0.1", 0, CollectorRegistry(), lambda: "")
    server.start()
    try:
        answer = requests.get(server.url, timeout=5)
        return set(re.findall(r"/\w+", answer.text))  # it names them to who asks for something else
    finally:
        server.close()


@cache
def console_paths() -> set[str]:
    """What the console answers to monitoring."""
    state = connect("redis://127.0.0.1:1/0")  # asked by nobody here
    router = console_probes.routes(CollectorRegistry(), lambda: "", state)
    return {str(getattr(route, "path", "")) for route in router.routes}


def _of_its_end(pod: Pod) -> Iterator[str]:
    lease_s = max(ours.ProducerSettings().producer_lease_ms, ours.EventsSettings().events_lease_ms) / 1000
    needed_s = 3 * SOCKET_TIMEOUT_S + lease_s
    if pod.spec["terminationGracePeriodSeconds"] <= needed_s:
        yield f"it is killed {pod.spec['terminationGracePeriodSeconds']} s after it is told to end; give it {needed_s}"


def _of_processors(site: Site, pod: Pod) -> Iterator[str]:
    if pod.name != "worker":
        return
    asked = math.ceil(quantity(pod.spec["containers"][0]["resources"]["requests"]["cpu"]))
    threads = int(site.settings["MASKWATCH_WORKER_THREADS"])
    if threads != asked:
        yield f"it has {threads} threads and asks for {asked} processors"


def _of_memory(pod: Pod) -> Iterator[str]:
    for container in pod.spec["containers"]:
        resources = container["resources"]
        limit = quantity(resources["limits"]["memory"])
        if quantity(resources["requests"]["memory"]) > limit:
            yield "it asks for more memory than it may have"
        arguments = container.get("args", [])
        if "--maxmemory" in arguments:
            most = quantity(arguments[arguments.index("--maxmemory") + 1].replace("mb", "Mi"))
            # While the log is rewritten, what changes is in memory twice; a server without one never forks.
            factor = 1.8 if "yes" in arguments else 1.2
            if factor * most > limit:
                yield f"{most / 2**20:.0f} MiB of data do not fit into its limit"
