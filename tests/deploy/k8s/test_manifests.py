"""Each overlay is what Kubernetes takes, agrees with the code, and gives no more rights than it has to."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.deploy.k8s import conduct, network, references, schemas, security
from tests.deploy.k8s.manifests import K8S, OVERLAYS, Site, needs_kubectl, rendered

pytestmark = needs_kubectl
Check = Callable[[Site], Iterator[str]]
CHECKS: dict[str, Check] = {
    each.__name__.rpartition(".")[2]: each.faults for each in (schemas, conduct, references, security, network)
}
ROLES = {"producer", "worker", "events", "trainer", "console"}


def site_of(overlay: str) -> Site:
    return Site.parsed(rendered(K8S / "overlays" / overlay))


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_is_wrong_with_it(overlay: str, check: str) -> None:
    assert list(CHECKS[check](site_of(overlay))) == []


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_wrong_where_workers_are_scaled_by_their_processors(tmp_path: Path, check: str) -> None:
    shutil.copytree(K8S, tmp_path / "k8s")
    file = tmp_path / "k8s" / "overlays" / "cluster" / "kustomization.yaml"
    file.write_text(file.read_text().replace("components/keda", "components/hpa"))
    site = Site.parsed(rendered(file.parent))
    assert site.names("HorizontalPodAutoscaler") == {"worker"}
    assert list(CHECKS[check](site)) == []


def test_one_node_has_servers_of_its_own_and_several_have_none() -> None:
    assert {pod.name for pod in site_of("small").pods} == ROLES | {"frames-redis", "state-redis"}
    assert {pod.name for pod in site_of("cluster").pods} == ROLES


def test_frames_are_never_on_a_disk_and_state_always_is() -> None:
    frames, state = (site_of("small").pod(f"{role}-redis") for role in ("frames", "state"))
    assert "--appendonly no" in " ".join(frames.containers[0]["args"])
    assert {key for each in frames.spec["volumes"] for key in each} == {"name", "emptyDir", "secret"}
    assert "--appendonly yes --appendfsync everysec" in " ".join(state.containers[0]["args"])
    assert {"mountPath": "/data", "name": "data"} in state.containers[0]["volumeMounts"]


def test_there_is_room_for_as_many_pictures_as_are_kept() -> None:
    site = site_of("small")
    claim = next(
        each for each in site.of_kind("PersistentVolumeClaim") if each["metadata"]["name"].endswith("pictures")
    )
    room = int(re.sub(r"\D", "", claim["spec"]["resources"]["requests"]["storage"]))
    assert int(site.settings["MASKWATCH_SNAPSHOT_MAX_MB"]) < 1000 * room
