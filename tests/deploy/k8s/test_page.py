"""What docs/deploy.md shows is sound: overlays, an Ingress, scrape configuration, alerts, Secrets."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.compose import credentials
from shared.logins import CameraKey
from tests.deploy.k8s import references, schemas, security
from tests.deploy.k8s.manifests import K8S, KUBECTL, OVERLAYS, ROOT, Document, Site, needs_kubectl, rendered
from tests.deploy.prometheus.rules import RULES

PAGE = (ROOT / "docs" / "deploy.md").read_text()
PROMTOOL = shutil.which("promtool")


def example(about: str) -> str:
    """The first example in YAML that speaks of something."""
    return next(each[1] for each in re.finditer(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if about in each[1])


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_how_to_make_each_secret_is_told(overlay: str) -> None:
    assert references.secrets(Site.parsed(rendered(K8S / "overlays" / overlay))) <= references.documented_secrets()


def test_the_secrets_of_roles_are_what_the_credentials_make(tmp_path: Path) -> None:
    credentials.make(tmp_path)
    roles = re.search(r"for role in ([a-z ]+); do", PAGE)
    assert roles is not None
    named = {f"{role}.env" for role in roles[1].split()}
    files = {each.removeprefix("secrets/") for each in re.findall(r"=(secrets/[\w.-]+)", PAGE)}
    assert named | files <= {each.name for each in tmp_path.iterdir()}


@needs_kubectl
def test_a_camera_key_made_so_is_one(tmp_path: Path) -> None:
    line = next(each for each in PAGE.splitlines() if each.startswith("openssl"))
    command = line.replace("kubectl", str(KUBECTL)) + " --dry-run=client --output=jsonpath={.data.camera\\\\.key}"
    made = subprocess.run(["/bin/bash", "-c", command], capture_output=True, text=True, timeout=60, check=True).stdout
    (tmp_path / "camera.key").write_bytes(base64.b64decode(made))
    assert CameraKey.at(tmp_path / "camera.key").public


@needs_kubectl
def test_an_overlay_of_the_operator_s_own_is_built(tmp_path: Path) -> None:
    shutil.copytree(K8S, tmp_path / "k8s")
    own = tmp_path / "k8s" / "overlays" / "own"
    own.mkdir()
    (own / "kustomization.yaml").write_text(example("images.example"))
    site = Site.parsed(rendered(own))
    assert [*schemas.faults(site), *references.faults(site), *security.faults(site)] == []
    assert site.settings["MASKWATCH_REGISTRY"] == "s3://a-bucket/models"
    assert all(each["image"].startswith("images.example/") for pod in site.pods for each in pod.containers)


def test_the_ingress_is_one() -> None:
    assert list(schemas.faults(Site.parsed(example("kind: Ingress")))) == []


@needs_kubectl
def test_a_backup_is_restored_by_a_pod_without_rights() -> None:
    pod: Document = yaml.safe_load((K8S / "restore.yaml").read_text())
    assert list(schemas.faults(Site([pod]))) == []
    as_template = {
        **pod,
        "kind": "Deployment",
        "spec": {"template": {"metadata": pod["metadata"], "spec": pod["spec"]}},
    }
    assert list(security.faults(Site([as_template]))) == []
    state = Site.parsed(rendered(K8S / "overlays" / "small")).of_kind("StatefulSet")
    claims = [f"{claim['metadata']['name']}-{each['metadata']['name']}-0"
              for each in state for claim in each["spec"].get("volumeClaimTemplates", [])]  # fmt: skip
    assert [pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"]] == claims


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")
def test_prometheus_can_read_what_it_is_to_scrape(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(example("http_sd_configs"))
    command = [str(PROMTOOL), "check", "config", str(tmp_path / "prometheus.yml")]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0


def test_the_alerts_are_made_a_rule_of_the_operator_s() -> None:
    script = re.search(r"```\n(\{ printf .*?) \| kubectl apply", PAGE, re.DOTALL)
    assert script is not None
    made = subprocess.run(["/bin/bash", "-c", script[1]], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rule = yaml.safe_load(made)
    assert (rule["apiVersion"], rule["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert rule["spec"] == yaml.safe_load(RULES.read_text())


def test_what_is_told_to_apply_is_there() -> None:
    told = re.findall(r"(?<!tests/)deploy/k8s/[\w./-]*\w", PAGE)
    assert len(told) > 3
    assert [each for each in told if not (ROOT / each).exists()] == []
