"""Whether all that a document names is there: other documents, volumes, ports, pods that selectors mean."""

import re
from collections.abc import Iterator

from tests.deploy.k8s.manifests import ROOT, Document, Pod, Site, found, selects

_PATHS = {  # settings that name a folder or file, and who reads or writes it
    "MASKWATCH_REGISTRY": {"worker": False, "trainer": True, "console": True},
    "MASKWATCH_SNAPSHOTS": {"events": True, "console": True},
    "MASKWATCH_REVIEW": {"events": True, "console": True, "trainer": False},
    "MASKWATCH_MODEL_CACHE": {"worker": True, "trainer": True, "console": True},
    "MASKWATCH_CAMERA_KEY_FILE": {"producer": False},
    "MASKWATCH_CONSOLE_TOKEN_FILE": {"console": False},
}


def faults(site: Site) -> Iterator[str]:
    """What is named and is not there."""
    for pod in site.pods:
        each = (*_of_volumes(site, pod), *_of_names(site, pod), *_of_folders(site, pod), *_of_nodes(site, pod))
        yield from (f"{pod.name}: {why}" for why in each)
    for document in site.documents:
        where = f"{document['kind']} {document['metadata']['name']}"
        yield from (f"{where}: {why}" for why in (*_of_selectors(site, document), *_of_targets(site, document)))
        if document["kind"] != "Namespace" and document["metadata"].get("namespace") != "maskwatch":
            yield f"{where}: it is in another namespace"


def secrets(site: Site) -> set[str]:
    """Every Secret that the operator has to make."""
    used = [each.get("name") or each.get("secretName") for key in ("secretKeyRef", "secretRef", "secret")
            for each in found([pod.spec for pod in site.pods], key)]  # fmt: skip
    return {str(each) for each in used}


def documented_secrets() -> set[str]:
    """Those of which docs/deploy.md says what is in them."""
    return set(re.findall(r"^\| `(maskwatch-[a-z0-9-]+)` \|", (ROOT / "docs" / "deploy.md").read_text(), re.MULTILINE))


def _of_volumes(site: Site, pod: Pod) -> Iterator[str]:
    document = next(each for each in site.of_kind(pod.kind) if each["metadata"]["name"] == pod.name)
    claimed = document["spec"].get("volumeClaimTemplates", [])
    volumes = {each["name"] for each in [*pod.spec.get("volumes", []), *(each["metadata"] for each in claimed)]}
    mounted = {each["name"] for container in pod.containers for each in container.get("volumeMounts", [])}
    yield from (f"there is no volume {name}" for name in mounted - volumes)
    yield from (f"nobody mounts {name}" for name in volumes - mounted)


def _of_names(site: Site, pod: Pod) -> Iterator[str]:
    for key, kind in (("configMapRef", "ConfigMap"), ("configMapKeyRef", "ConfigMap")):
        named = {each["name"] for each in found(pod.spec, key)}
        yield from (f"there is no {kind} {name}" for name in named - site.names(kind))
    claims = {str(each) for each in found(pod.spec, "claimName")}
    yield from (f"there is no claim {name}" for name in claims - site.names("PersistentVolumeClaim"))
    account = pod.spec.get("serviceAccountName", "default")
    if account != "default" and account not in site.names("ServiceAccount"):
        yield f"there is no account {account}"


def _of_nodes(site: Site, pod: Pod) -> Iterator[str]:
    """A claim that one node mounts wants all who use it to be on that node."""
    claims = set(map(str, found(pod.spec, "claimName")))
    terms = found(pod.spec.get("affinity", {}), "requiredDuringSchedulingIgnoredDuringExecution")
    beside = [
        each["labelSelector"] for term in terms for each in term if each["topologyKey"] == "kubernetes.io/hostname"
    ]
    for other in site.pods:
        is_shared = bool(claims & set(map(str, found(other.spec, "claimName"))))
        if is_shared and not any(selects(each, other.labels) for each in beside):
            yield f"it may be on another node than {other.name}, with whom it shares a volume"


def _of_folders(site: Site, pod: Pod) -> Iterator[str]:
    for name, users in _PATHS.items():
        place = site.settings.get(name, "")
        if pod.name not in users or not place.startswith("/"):
            continue
        for container in pod.containers:
            mounts = [each for each in container["volumeMounts"] if f"{place}/".startswith(f"{each['mountPath']}/")]
            if not mounts and container["name"] == "process":
                yield f"{name} is {place}, where nothing is mounted"
            if users[pod.name] and any(each.get("readOnly") for each in mounts):
                yield f"{name} is {place}, which it may not write"


def _of_selectors(site: Site, document: Document) -> Iterator[str]:
    kind, spec = document["kind"], document.get("spec", {})
    if kind == "Service":
        selector = {"matchLabels": spec["selector"]}
    elif kind in {"Deployment", "StatefulSet", "PodDisruptionBudget", "PodMonitor"}:
        selector = spec["selector"]
    elif kind == "NetworkPolicy":
        selector = spec["podSelector"]
    else:
        return
    meant = [pod for pod in site.pods if selects(selector, pod.labels)]
    if not meant:
        yield "it means no pod"
    own = document["metadata"]["name"]
    if kind in {"Service", "Deployment", "StatefulSet", "PodDisruptionBudget"} and [each.name for each in meant] != [
        own
    ]:
        yield f"it means the pods of {[each.name for each in meant]}"
    if kind == "Service":
        targets = {port["targetPort"] for port in spec["ports"]}
        yield from (f"its pods have no port {port}" for pod in meant for port in targets - set(pod.ports))
    if kind == "PodMonitor":
        watched = {each["port"] for each in spec["podMetricsEndpoints"]}
        yield from (f"it does not watch {pod.name}" for pod in meant if not watched & set(pod.ports))
        yield from (f"no pod has a port {port}" for port in watched - {port for pod in meant for port in pod.ports})


def _of_targets(site: Site, document: Document) -> Iterator[str]:
    if document["kind"] == "StatefulSet" and document["spec"]["serviceName"] not in site.names("Service"):
        yield f"there is no Service {document['spec']['serviceName']}"
    if document["kind"] in {"ScaledObject", "HorizontalPodAutoscaler"}:
        name = document["spec"]["scaleTargetRef"]["name"]
        if name not in {pod.name for pod in site.pods}:
            yield f"there is no Deployment {name}"
        elif site.pod(name).replicas is not None:
            yield f"{name} says how many there are, too"
    if document["kind"] == "PodDisruptionBudget" and document["spec"]["minAvailable"] >= _least(site, document):
        yield "it never lets a pod go"


def _least(site: Site, budget: Document) -> int:
    """How many pods a budget means, at least."""
    pod = next(each for each in site.pods if selects(budget["spec"]["selector"], each.labels))
    if pod.replicas is not None:
        return pod.replicas
    scaling = next(each["spec"] for each in site.of_kind("ScaledObject", "HorizontalPodAutoscaler"))
    return int(scaling.get("minReplicaCount", scaling.get("minReplicas", 0)))
