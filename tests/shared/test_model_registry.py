"""What holds for a registry wherever it is: each test runs on a folder and on an S3 server."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.model_registry import CURRENT, MANIFEST, GateRecord, Manifest, ModelError, ModelRegistry, Refusal
from tests.s3 import client
from tests.shared.model_versions import a_version

Break = Callable[["Registry"], None]


class Registry:
    """A registry, and ways to its files past it."""

    def __init__(self, root: str, endpoint: str = "") -> None:
        self.root = root
        self.models = ModelRegistry(root)
        self._bucket = root.removeprefix("s3://") if endpoint else ""
        self._client = client(endpoint) if endpoint else None

    def put(self, file: str, content: bytes) -> None:
        if self._client is None:
            (Path(self.root) / "mask" / file).write_bytes(content)
        else:
            self._client.put_object(Bucket=self._bucket, Key=f"mask/{file}", Body=content)

    def delete(self, file: str) -> None:
        if self._client is None:
            (Path(self.root) / "mask" / file).unlink()
        else:
            self._client.delete_object(Bucket=self._bucket, Key=f"mask/{file}")

    def delete_version(self, version: int) -> None:
        for file in self.models.sizes(version):
            self.delete(f"{version}/{file}")
        if self._client is None:
            (Path(self.root) / "mask" / str(version) / "golden").rmdir()
            (Path(self.root) / "mask" / str(version)).rmdir()

    def change_manifest(self, **changes: object) -> None:
        stated = self.models.manifest(1).model_dump(mode="json")
        self.put(f"1/{MANIFEST}", json.dumps(stated | changes).encode())


@pytest.fixture(params=["folder", "s3"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Registry:
    if request.param == "folder":
        return Registry(str(tmp_path / "models"))
    bucket = request.getfixturevalue("bucket")
    return Registry(f"s3://{bucket}", request.getfixturevalue("s3_endpoint"))


@pytest.fixture
def models(registry: Registry) -> ModelRegistry:
    return registry.models


def test_versions_are_whole_numbers_that_rise(models: ModelRegistry) -> None:
    assert models.versions() == []
    assert [models.publish(a_version()).version for _ in range(3)] == [1, 2, 3]
    assert models.versions() == [1, 2, 3]


def test_a_number_is_never_given_again(registry: Registry, models: ModelRegistry) -> None:
    for _ in range(2):
        models.publish(a_version())
    registry.delete_version(2)
    assert models.versions() == [1]
    assert models.publish(a_version()).version == 3


def test_a_version_may_ask_for_a_number_that_is_free(models: ModelRegistry) -> None:
    assert models.publish(a_version(), at_least=7).version == 7
    assert models.publish(a_version(), at_least=7).version == 8


def test_publishers_at_once_get_numbers_of_their_own(models: ModelRegistry) -> None:
    with ThreadPoolExecutor(4) as publishers:
        made = list(publishers.map(lambda _: models.publish(a_version()).version, range(4)))
    assert sorted(made) == models.versions() == [1, 2, 3, 4]


def test_a_published_version_is_not_served_before_it_is_promoted(models: ModelRegistry) -> None:
    models.publish(a_version())
    with pytest.raises(ModelError, match="no model is promoted") as caught:
        models.current()
    assert caught.value.reason is Refusal.CURRENT
    models.promote(1)
    assert models.current() == 1


def test_every_file_has_its_checksum_and_can_be_read_from_this_machine(models: ModelRegistry) -> None:
    models.publish(a_version())
    assert set(models.verified(1).files) == {"model.tflite", "golden/0.png"}
    assert (models.path(1) / "golden" / "0.png").read_bytes() == b"picture"
    assert models.sizes(1).keys() == {"model.tflite", "golden/0.png", MANIFEST}
    assert models.sizes(1)["model.tflite"] == len(b"weights")


def test_a_failure_while_publishing_leaves_no_version(models: ModelRegistry) -> None:
    def crash(version: int, folder: Path) -> Manifest:
        a_version()(version, folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        models.publish(crash)
    assert models.versions() == []
    assert models.sizes(1) == {}


def test_the_state_differs_after_each_change_of_the_promotion(registry: Registry, models: ModelRegistry) -> None:
    states = [models.state()]
    for _ in range(2):
        models.publish(a_version())
    changes: list[Callable[[], None]] = [
        lambda: models.promote(1),
        lambda: models.promote(2),
        lambda: registry.put(CURRENT, b"no json {"),
        lambda: registry.put(CURRENT, b""),
        lambda: registry.delete(CURRENT),
    ]
    for change in changes:
        change()
        assert models.state() != states[-1]
        assert models.state() == models.state()
        states.append(models.state())
    assert states[0] == states[-1]


def test_going_back_is_to_what_was_served_before_and_not_to_the_next_lower_number(models: ModelRegistry) -> None:
    for _ in range(3):
        models.publish(a_version())
    for version in (1, 3, 3):
        models.promote(version)
    assert models.rollback() == 1
    assert models.rollback() == 3
    assert models.current() == 3


def test_without_a_record_of_what_was_served_going_back_is_to_the_next_older(
    registry: Registry, models: ModelRegistry
) -> None:
    for _ in range(3):
        models.publish(a_version())
    registry.put(CURRENT, b'{"version": 3}')
    assert models.rollback() == 2


def test_going_back_without_a_record_passes_over_what_its_gate_refused(models: ModelRegistry) -> None:
    for _ in range(3):
        models.publish(a_version())
    models.record_gate(2, GateRecord(passed=False, reasons=("worse",)))
    models.promote(3)
    assert models.rollback() == 1


def test_going_back_to_a_forced_version_is_forced_again(models: ModelRegistry) -> None:
    for _ in range(2):
        models.publish(a_version())
    models.record_gate(1, GateRecord(passed=False, reasons=("worse",), forced=True))
    models.promote(1, forced=True)
    models.promote(2)
    assert models.rollback() == 1
    assert models.was_forced()


def test_what_stands_in_for_a_broken_promotion_was_served_before_or_is_older_and_was_not_refused(
    registry: Registry, models: ModelRegistry
) -> None:
    for _ in range(5):
        models.publish(a_version())
    models.record_gate(3, GateRecord(passed=False, reasons=("worse",)))
    models.promote(1)
    models.promote(4)
    assert models.substitutes() == [1, 2]
    registry.put(CURRENT, b"no json {")
    assert models.substitutes() == [5, 4, 2, 1]


def test_there_is_no_way_back_from_the_first(models: ModelRegistry) -> None:
    models.publish(a_version())
    models.promote(1)
    with pytest.raises(ModelError, match="there is no version before 1"):
        models.rollback()


def test_a_forced_promotion_says_so(models: ModelRegistry) -> None:
    models.publish(a_version())
    models.promote(1, forced=True)
    assert models.was_forced()
    models.promote(1)
    assert not models.was_forced()


def test_what_is_found_later_is_recorded_in_the_manifest_and_nothing_else_changes(
    registry: Registry, models: ModelRegistry
) -> None:
    models.publish(a_version())
    registry.change_manifest(of_a_later_release=1)
    before = models.verified(1)
    gate = GateRecord(passed=False, compared_with=1, reasons=("worse",), forced=True)
    models.record_gate(1, gate)
    assert models.verified(1) == before.model_copy(update={"gate": gate})
    registry.change_manifest(of_a_later_release=1)


@pytest.mark.parametrize(
    ("break_it", "message", "reason"),
    [
        (lambda each: each.put("1/model.tflite", b"wei"), "does not have its checksum", Refusal.CHECKSUM),
        (lambda each: each.delete("1/model.tflite"), "1/model.tflite", Refusal.MISSING),
        (lambda each: each.delete(f"1/{MANIFEST}"), "has no readable manifest", Refusal.MISSING),
        (lambda each: each.put(f"1/{MANIFEST}", b"{"), "is not a manifest", Refusal.MANIFEST),
        (lambda each: each.put(f"1/{MANIFEST}", b""), "is not a manifest", Refusal.MANIFEST),
        (lambda each: each.change_manifest(version=7), "speaks of version 7", Refusal.MANIFEST),
        (lambda each: each.change_manifest(model_file="../../secret"), "not a manifest: model_file", Refusal.MANIFEST),
        (lambda each: each.change_manifest(files={"/etc/passwd": "0" * 64}), "is not a manifest", Refusal.MANIFEST),
        (lambda each: each.change_manifest(files={}), "states no checksum", Refusal.CHECKSUM),
        (lambda each: each.put(f"1/{MANIFEST}", bytes(2_000_000)), "is larger than", Refusal.MANIFEST),
        (lambda each: each.put("1/model.tflite", bytes(64_000_001)), "is larger than", Refusal.CHECKSUM),
    ],
    ids=[
        "truncated", "missing", "no manifest", "no json", "empty manifest", "another version", "path outside",
        "file outside", "no checksum", "huge manifest", "huge file",
    ],
)  # fmt: skip
def test_a_broken_version_is_refused_with_one_line(
    registry: Registry, models: ModelRegistry, break_it: Break, message: str, reason: Refusal
) -> None:
    models.publish(a_version())
    break_it(registry)
    with pytest.raises(ModelError, match=message) as caught:
        models.promote(1)
    assert caught.value.reason is reason
    assert "\n" not in str(caught.value)
    assert models.state() == "missing"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": "1"}', b'{"version": 0}', b'{"v": 1}', b"\xff", b"[" * 9_000]
)
def test_a_current_file_that_names_no_version_is_refused(
    registry: Registry, models: ModelRegistry, content: bytes
) -> None:
    models.publish(a_version())
    registry.put(CURRENT, content)
    with pytest.raises(ModelError, match="does not name a version") as caught:
        models.current()
    assert caught.value.reason is Refusal.CURRENT


def test_a_registry_in_a_folder_loads_nothing_that_remote_ones_need() -> None:
    script = (
        "import sys; from shared.model_registry import ModelRegistry; ModelRegistry('x').versions(); "
        "import worker.loading; sys.exit(str({'fsspec', 's3fs', 'botocore', 'platformdirs'} & set(sys.modules) or ''))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.strip() == ""
