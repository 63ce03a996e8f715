"""Who may reach whom by the NetworkPolicies, as a network that keeps to them would decide it."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from tests.deploy.k8s.manifests import Document, Pod, Site, selects

NAMESPACE = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Elsewhere:
    """Somebody outside of the system: a namespace's pods, or an address."""

    namespace: str = ""
    address: str = ""


Peer = Pod | Elsewhere


def may(site: Site, start: Peer, end: Peer, port: int, protocol: str = "TCP") -> bool:
    """Whether a connection comes about; only our own policies count."""
    name = next((name for name, number in end.ports.items() if number == port), "") if isinstance(end, Pod) else ""
    given = (port, name, protocol)
    leaves = not isinstance(start, Pod) or _allows(site, start, end, given, "Egress")
    enters = not isinstance(end, Pod) or _allows(site, end, start, given, "Ingress")
    return leaves and enters


def _allows(site: Site, pod: Pod, peer: Peer, port: tuple[int, str, str], way: str) -> bool:
    policies = [
        each["spec"] for each in site.of_kind("NetworkPolicy") if selects(each["spec"]["podSelector"], pod.labels)
    ]
    policies = [each for each in policies if way in each["policyTypes"]]
    side = "to" if way == "Egress" else "from"
    rules = [rule for each in policies for rule in each.get(way.lower(), [])]
    return not policies or any(_matches(rule, side, peer, port) for rule in rules)


def _matches(rule: Document, side: str, peer: Peer, port: tuple[int, str, str]) -> bool:
    number, name, protocol = port
    ports = rule.get("ports")
    is_open = ports is None or any(each["port"] in {number, name} and each["protocol"] == protocol for each in ports)
    return is_open and any(_means(each, peer) for each in rule[side])


def _means(each: Document, peer: Peer) -> bool:
    if "ipBlock" in each:
        return isinstance(peer, Elsewhere) and bool(peer.address) and _is_within(each["ipBlock"], peer.address)
    if "namespaceSelector" in each:
        return isinstance(peer, Elsewhere) and selects(each["namespaceSelector"], {NAMESPACE: peer.namespace})
    return isinstance(peer, Pod) and selects(each["podSelector"], peer.labels)


def _is_within(block: Document, address: str) -> bool:
    here = ipaddress.ip_address(address)
    within = here in ipaddress.ip_network(block["cidr"])
    return within and not any(here in ipaddress.ip_network(each) for each in block.get("except", []))


INGRESS, MONITORING, STRANGERS = (Elsewhere(each) for each in ("ingress-nginx", "monitoring", "default"))
NAMES = Elsewhere(namespace="kube-system")
CAMERA, DESK = Elsewhere(address="192.168.7.9"), Elsewhere(address="203.0.113.9")
CREDENTIALS = Elsewhere(address="169.254.169.254")


def faults(site: Site) -> Iterator[str]:
    """Ways that are open and must not be, and those that are shut and have to be open."""
    for what, start, end, port, is_wanted in _ways(site):
        if may(site, start, end, port) != is_wanted:
            yield f"{what}: it is {'shut' if is_wanted else 'open'}"
    for pod in site.pods:
        if not may(site, pod, NAMES, 53, "UDP"):
            yield f"{pod.name} can look up no name"
        if may(site, pod, CREDENTIALS, 80):
            yield f"{pod.name} can ask for the node's credentials"


def _ways(site: Site) -> Iterator[tuple[str, Peer, Peer, int, bool]]:
    pods = {pod.name: pod for pod in site.pods}
    has_store = site.settings["MASKWATCH_REGISTRY"].startswith("s3://")
    servers: list[Peer] = [each for name, each in pods.items() if name.endswith("-redis")] or [
        Elsewhere(address="10.9.8.7")
    ]
    processes = ("producer", "worker", "events", "trainer", "console")
    for name in processes:
        yield from ((f"{name} to a server", pods[name], server, 6379, True) for server in servers)
        own = 8686 if name == "console" else 9100
        yield f"Prometheus to {name}", MONITORING, pods[name], own, True
        yield f"strangers to {name}", STRANGERS, pods[name], own, False
        yield (
            f"{name} to the API server",
            pods[name],
            Elsewhere(address="10.96.0.1"),
            6443,
            name in {"producer", "console"},
        )
        yield f"{name} to a camera", pods[name], CAMERA, 554, name in {"producer", "console"}
        posts = name in {"events", "console"} or (has_store and name != "producer")
        yield f"{name} to the world", pods[name], DESK, 443, posts
    other = Pod("Pod", "another pod", 1, {}, {"containers": []})
    yield "strangers to another pod", STRANGERS, other, 80, False
    yield "another pod to the world", other, DESK, 443, False
    yield "the ingress to the page", INGRESS, pods["console"], 8686, True
    yield "the ingress to a worker", INGRESS, pods["worker"], 9100, False
    yield "a worker to the page", pods["worker"], pods["console"], 8686, False
    for server in [each for each in servers if isinstance(each, Pod)]:
        yield f"strangers to {server.name}", STRANGERS, server, 6379, False
        yield f"{server.name} to the world", server, DESK, 443, False
