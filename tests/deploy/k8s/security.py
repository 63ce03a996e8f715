"""Whether pods have no rights that they do not need: the Pod Security Standard `restricted`, and more."""

from collections.abc import Iterator

from tests.deploy.k8s.manifests import Document, Pod, Site, found

UID = 10001
_VOLUMES = {"emptyDir", "secret", "configMap", "persistentVolumeClaim", "projected"}
_OF_POD = {
    "runAsNonRoot": True,
    "runAsUser": UID,
    "runAsGroup": UID,
    "fsGroup": UID,
    "seccompProfile": {"type": "RuntimeDefault"},
}
_OF_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}


def faults(site: Site) -> Iterator[str]:
    """Rights that are not taken away."""
    for pod in site.pods:
        yield from (f"{pod.name}: {why}" for why in _of_pod(pod))
        for container in pod.containers:
            yield from (f"{pod.name}/{container['name']}: {why}" for why in _of_container(container))
    for namespace in site.of_kind("Namespace"):
        if namespace["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
            yield "the namespace lets in what is not restricted"
    if site.of_kind("Secret"):
        yield "a Secret stands in the manifests"


def _of_pod(pod: Pod) -> Iterator[str]:
    spec = pod.spec
    context = spec.get("securityContext", {})
    yield from (f"{key} is {context.get(key)}" for key, value in _OF_POD.items() if context.get(key) != value)
    if spec.get("automountServiceAccountToken") is not False:
        yield "it gets a token of the API server"
    if spec.get("enableServiceLinks") is not False:
        yield "it is told of Services in variables"
    for key in ("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"):
        if spec.get(key):
            yield f"{key} is set"
    for volume in spec.get("volumes", []):
        if not (kinds := set(volume) - {"name"}) <= _VOLUMES:
            yield f"its volume {volume['name']} is a {kinds}"
    if any("sizeLimit" not in each for each in found(spec.get("volumes", []), "emptyDir")):
        yield "an emptyDir has no bound"


def _of_container(container: Document) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context != _OF_CONTAINER:
        yield f"its security context is {context}"
    for kind in ("requests", "limits"):
        if set(container.get("resources", {}).get(kind, {})) != {"cpu", "memory"}:
            yield f"its {kind} are not processors and memory"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "it takes a port of its node"
