# ruff: noqa: E501 - a table is read by the line
"""Each check finds what it is there for: a manifest is broken, and it says so."""

from dataclasses import dataclass

import pytest

from tests.deploy.k8s.manifests import K8S, Site, needs_kubectl, rendered
from tests.deploy.k8s.test_manifests import CHECKS

pytestmark = needs_kubectl


@dataclass(frozen=True)
class Broken:
    """What is written instead of what, in which overlay, and which check says what about it."""

    before: str
    after: str
    check: str
    complaint: str
    overlay: str = "small"


BROKEN = {
    "a key that does not exist": Broken("enableServiceLinks:", "enableServiceLink:", "schemas", "enableServiceLink"),
    "a key in the wrong place": Broken("  replicas: 2\n", "  replica: 2\n", "schemas", "replica"),
    "a key that KEDA does not know": Broken("pollingInterval:", "pollInterval:", "schemas", "pollInterval", "cluster"),
    "a key that no pod monitor has": Broken("honorLabels:", "honourLabels:", "schemas", "honourLabels", "cluster"),
    "a misspelt setting": Broken("MASKWATCH_METRICS_HOST", "MASKWATCH_METRIC_HOST", "conduct", "did you mean"),
    "a setting out of range": Broken('MASKWATCH_WORKER_THREADS: "1"', 'MASKWATCH_WORKER_THREADS: "999"', "conduct", "THREADS is '999'"),
    "more threads than processors": Broken('MASKWATCH_WORKER_THREADS: "1"', 'MASKWATCH_WORKER_THREADS: "4"', "conduct", "4 threads"),
    "a module that does not exist": Broken("- worker.events\n", "- worker.event\n", "conduct", "nothing runs"),
    "a module of another image": Broken("- worker.events\n", "- producer\n", "conduct", "does not run producer"),
    "an image of another version": Broken("maskwatch/worker:0.1.0", "maskwatch/worker:latest", "conduct", "latest"),
    "a server that is not pinned": Broken("valkey/valkey:9.1.2", "valkey/valkey:9", "conduct", "not pinned"),
    "a port that nobody listens on": Broken("containerPort: 9100", "containerPort: 9101", "conduct", "listens on 9100"),
    "a path that nobody answers": Broken("path: /healthz", "path: /health", "conduct", "does not answer"),
    "liveness that asks whether servers answer": Broken("path: /healthz", "path: /readyz", "conduct", "in place of /healthz"),
    "too little time to end": Broken("PeriodSeconds: 60", "PeriodSeconds: 30", "conduct", "is killed 30 s"),
    "a server that outgrows its limit": Broken("900mb", "1700mb", "conduct", "do not fit"),
    "a claim that is not there": Broken("claimName: maskwatch-models", "claimName: models", "references", "no claim models"),
    "a volume that is not there": Broken("- mountPath: /tmp\n          name: tmp", "- mountPath: /tmp\n          name: temp", "references", "no volume temp"),
    "pods of one volume on several nodes": Broken("topologyKey: kubernetes.io/hostname", "topologyKey: topology.kubernetes.io/zone", "references", "on another node than"),
    "a registry that nothing is mounted at": Broken("REGISTRY: /var/lib/maskwatch/models", "REGISTRY: /models", "references", "nothing is mounted"),
    "pictures that cannot be written": Broken("mountPath: /var/lib/maskwatch/pictures\n          name: pictures\n        - mountPath: /tmp", "mountPath: /var/lib/maskwatch/pictures\n          name: pictures\n          readOnly: true\n        - mountPath: /tmp", "references", "may not write"),
    "settings that are not there": Broken("      - configMapRef:\n            name: maskwatch-settings", "      - configMapRef:\n            name: settings", "references", "no ConfigMap"),
    "a budget that holds every drain up": Broken("minAvailable: 1", "minAvailable: 2", "references", "never lets", "cluster"),
    "an autoscaler of nothing": Broken("apps/v1\n    kind: Deployment\n    name: worker", "apps/v1\n    kind: Deployment\n    name: workers", "references", "no Deployment workers", "cluster"),
    "a selector that means nothing": Broken("    app.kubernetes.io/component: console\n    app.kubernetes.io/name: maskwatch\n---", "    app.kubernetes.io/component: page\n    app.kubernetes.io/name: maskwatch\n---", "references", "it means no pod", "cluster"),
    "a container that may write": Broken("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "security", "context is"),
    "somebody else": Broken("runAsUser: 10001", "runAsUser: 1000", "security", "runAsUser is 1000"),
    "capabilities": Broken("            drop:\n            - ALL", "            drop:\n            - NET_RAW", "security", "context is"),
    "a token": Broken("automountServiceAccountToken: false\n      containers", "automountServiceAccountToken: true\n      containers", "security", "token"),
    "a folder of the node": Broken("- emptyDir:\n          sizeLimit: 512Mi", "- hostPath:\n          path: /tmp", "security", "hostPath"),
    "a namespace for everything": Broken("enforce: restricted", "enforce: baseline", "security", "not restricted"),
    "everybody may come": Broken("  podSelector: {}\n  policyTypes:\n  - Ingress\n  - Egress", "  podSelector: {}\n  policyTypes:\n  - Egress", "network", "strangers to another pod: it is open"),
    "the ingress has another name": Broken("ingress-nginx", "ingress", "network", "the ingress to the page: it is shut"),
    "a policy for other pods": Broken("      - producer\n      - console\n", "      - worker\n      - console\n", "network", "worker to a camera: it is open"),
    "credentials for everybody": Broken("        - 169.254.0.0/16", "        - 169.253.0.0/16", "network", "events can ask"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_it_is_noticed(broken: Broken) -> None:
    text = rendered(K8S / "overlays" / broken.overlay)
    assert broken.before in text
    faults = list(CHECKS[broken.check](Site.parsed(text.replace(broken.before, broken.after))))
    assert any(broken.complaint in each for each in faults), faults
