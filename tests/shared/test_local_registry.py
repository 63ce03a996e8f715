"""What only registries in a folder do: staging folders, locks of the kernel, and whatever lies around there."""

import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.local_place import STAGING
from shared.model_registry import CURRENT, Manifest, ModelError, ModelRegistry
from tests.shared import publishing
from tests.shared.model_versions import a_version


@pytest.fixture
def models(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path)


def staged(models: ModelRegistry) -> list[Path]:
    return list(models.folder.glob(f"{STAGING}*"))


def test_a_publisher_that_is_killed_leaves_no_version_and_the_next_one_clears_it_away(
    tmp_path: Path, models: ModelRegistry
) -> None:
    publisher = publishing.start(str(tmp_path), "hangs", os.environ)
    assert publisher.stdout is not None
    assert publisher.stdout.readline() == "made\n"
    assert len(staged(models)) == 1
    publisher.send_signal(signal.SIGKILL)
    publisher.communicate()
    assert models.versions() == []
    assert models.publish(a_version()).version == 2
    assert staged(models) == []


def test_processes_that_publish_at_once_get_numbers_of_their_own(tmp_path: Path, models: ModelRegistry) -> None:
    publishers = [publishing.start(str(tmp_path), "several", os.environ) for _ in range(3)]
    numbers = [int(line) for each in publishers for line in each.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == models.versions() == list(range(1, 3 * publishing.TIMES + 1))


def test_a_failure_leaves_no_staging_folder(models: ModelRegistry) -> None:
    def fail(version: int, folder: Path) -> Manifest:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        models.publish(fail)
    assert staged(models) == []


def test_a_promotion_waits_for_no_publisher(models: ModelRegistry) -> None:
    models.publish(a_version())

    def promote_meanwhile(version: int, folder: Path) -> Manifest:
        models.promote(1)
        return a_version()(version, folder)

    models.publish(promote_meanwhile)
    assert models.current() == 1


@pytest.mark.parametrize("name", ["notes", "07", "-1", "²", "1.5", ".hidden"])
def test_other_things_in_the_folder_are_no_versions(models: ModelRegistry, name: str) -> None:
    models.publish(a_version())
    (models.folder / name).mkdir()
    assert models.versions() == [1]
    assert models.publish(a_version()).version == 2


def test_a_file_where_a_version_would_go_costs_its_number(models: ModelRegistry) -> None:
    models.publish(a_version())
    (models.folder / "2").touch()
    assert models.publish(a_version()).version == 3


def test_a_file_that_is_none_is_refused_and_not_read_forever(models: ModelRegistry) -> None:
    models.publish(a_version())
    (models.path(1) / "model.tflite").unlink()
    (models.path(1) / "model.tflite").symlink_to("/dev/zero")
    with pytest.raises(ModelError, match="is no file"):
        models.verified(1)


def test_a_garbled_counter_is_made_up_for_by_the_versions(models: ModelRegistry) -> None:
    models.publish(a_version())
    (models.folder / ".highest").write_bytes(b"\xff")
    assert models.publish(a_version()).version == 2


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be used"):
        ModelRegistry(tmp_path / "file").publish(a_version())


@pytest.mark.parametrize("url", ["file://{}", "{}", "{}/"])
def test_a_folder_may_be_named_by_a_url_of_its_own(tmp_path: Path, url: str) -> None:
    named = ModelRegistry(url.format(tmp_path / "a b"))
    named.publish(a_version())
    assert ModelRegistry(tmp_path / "a b").versions() == [1]


@settings(deadline=None, max_examples=50)
@given(
    content=st.binary(max_size=200) | st.from_regex(r'\{"version": ?[0-9a-z"\[{.-]*\}', fullmatch=True).map(str.encode)
)
def test_whatever_stands_in_the_current_file_is_a_number_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as root:
        models = ModelRegistry(root)
        models.folder.mkdir()
        (models.folder / CURRENT).write_bytes(content)
        assert models.state() != "missing"
        try:
            assert models.current() >= 1
        except ModelError as error:
            assert "\n" not in str(error)


@settings(deadline=None)
@given(name=st.text(max_size=30) | st.from_regex(r"[a./~]{1,12}\n?", fullmatch=True))
def test_a_manifest_names_no_file_outside_its_version(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        described = a_version()(1, Path(folder)).model_dump(mode="json")
        try:
            manifest = Manifest.model_validate(described | {"files": {name: "0" * 64}})
        except ValidationError:
            return
        for file in manifest.files:
            path = (Path(folder) / file).resolve()
            assert path.is_relative_to(Path(folder).resolve())
            assert path != Path(folder).resolve()


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from(["publish", "fail", "delete the newest", "promote the newest", "roll back"]), max_size=8)
)
def test_numbers_are_never_given_twice_whatever_happens(steps: list[str]) -> None:
    given_numbers: list[int] = []

    def describe(version: int, folder: Path) -> Manifest:
        given_numbers.append(version)
        return a_version()(version, folder)

    def fail(version: int, folder: Path) -> Manifest:
        describe(version, folder)
        raise ZeroDivisionError

    with tempfile.TemporaryDirectory() as root:
        models = ModelRegistry(root)
        for step in steps:
            _take(step, models, describe, fail)
        assert len(set(given_numbers)) == len(given_numbers)
        assert given_numbers == sorted(given_numbers)


def _take(step: str, models: ModelRegistry, describe, fail) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    newest = max(models.versions(), default=None)
    if step == "publish":
        models.publish(describe)
    elif step == "fail":
        with pytest.raises(ZeroDivisionError):
            models.publish(fail)
    elif newest is not None and step == "delete the newest":
        for path in sorted(models.path(newest).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        models.path(newest).rmdir()
    elif newest is not None and step == "promote the newest":
        models.promote(newest)
        assert models.current() == newest
    elif step == "roll back":
        try:
            assert models.rollback() == models.current()
        except ModelError as error:
            assert "\n" not in str(error)
