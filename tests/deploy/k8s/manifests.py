"""The manifests as Kubernetes would be given them, and what is asked of them again and again."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
K8S = ROOT / "deploy" / "k8s"
OVERLAYS = ("small", "cluster")
KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")

Document = dict[str, Any]
_WITH_PODS = {"Deployment", "StatefulSet"}


@cache
def rendered(folder: Path) -> str:
    """What `kubectl apply -k` would send."""
    answer = subprocess.run(
        [str(KUBECTL), "kustomize", str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@dataclass(frozen=True)
class Pod:
    """What a Deployment or StatefulSet makes."""

    kind: str
    name: str
    replicas: int | None  # none where an autoscaler says how many
    labels: Mapping[str, str]
    spec: Document

    @property
    def containers(self) -> list[Document]:
        """Those that run, and those that run before."""
        return [*self.spec["containers"], *self.spec.get("initContainers", [])]

    @property
    def ports(self) -> dict[str, int]:
        """The ports of its containers, by name."""
        return {port["name"]: port["containerPort"] for each in self.containers for port in each.get("ports", [])}


@dataclass(frozen=True)
class Site:
    """All documents of an overlay."""

    documents: Sequence[Document]

    @classmethod
    def parsed(cls, text: str) -> "Site":
        """The documents of a rendered overlay."""
        return cls([each for each in yaml.load_all(text, yaml.CSafeLoader) if each])

    def of_kind(self, *kinds: str) -> list[Document]:
        """Documents of these kinds."""
        return [each for each in self.documents if each["kind"] in kinds]

    def names(self, kind: str) -> set[str]:
        """What there is of a kind."""
        return {each["metadata"]["name"] for each in self.of_kind(kind)}

    @property
    def pods(self) -> list[Pod]:
        """Every template of pods."""
        return [_pod(each) for each in self.of_kind(*_WITH_PODS)]

    def pod(self, name: str) -> Pod:
        """That of a role."""
        return next(each for each in self.pods if each.name == name)

    @property
    def settings(self) -> dict[str, str]:
        """What the ConfigMaps say."""
        return {name: value for each in self.of_kind("ConfigMap") for name, value in each["data"].items()}


def _pod(document: Document) -> Pod:
    spec = document["spec"]
    template = spec["template"]
    labels = template["metadata"]["labels"]
    return Pod(document["kind"], document["metadata"]["name"], spec.get("replicas"), labels, template["spec"])


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a selector as Kubernetes writes them (matchLabels, matchExpressions with In) means these labels."""
    wanted = selector.get("matchLabels", {}).items()
    listed = selector.get("matchExpressions", [])
    assert all(each["operator"] == "In" for each in listed)
    return wanted <= labels.items() and all(labels.get(each["key"]) in each["values"] for each in listed)


def found(value: object, key: str) -> Iterator[Any]:
    """What stands under a key, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from found(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, key)


def quantity(text: str) -> float:
    """A quantity of Kubernetes, as 500m, 2 or 256Mi, in its unit."""
    for suffix, factor in {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "m": 0.001}.items():
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * factor
    return float(text)
