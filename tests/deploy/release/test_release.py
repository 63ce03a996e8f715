"""What a release is made of: only what is committed, all that a process needs, and a list of everything in it."""

import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from deploy.release import checksums
from deploy.release.__main__ import _is_fit, main
from deploy.release.audit import Audit, audit, told
from deploy.release.packages import _set_time
from deploy.release.source import NoSource, committed
from tests.deploy.images.closure import OURS
from tests.deploy.images.dockerfile import ROLES, locked, locked_everywhere
from tests.deploy.release.conftest import needs_git

GIT = shutil.which("git")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small project in git, with a file beside it that is not committed."""
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "small"\nversion = "1.2.3"\n')
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    for command in (["init", "--quiet"], ["add", "."], [*who, "commit", "--quiet", "--message", "All"]):
        subprocess.run(
            [str(GIT), *command], cwd=root, check=True, env={**os.environ, "GIT_COMMITTER_DATE": "1700000000 +0000"}
        )
    (root / "secret.env").write_text("PASSWORD=...")
    return root


@needs_git
def test_what_is_not_committed_is_left_out_and_counted(checkout: Path, tmp_path: Path) -> None:
    source = committed(checkout, tmp_path / "source")
    assert [each.name for each in source.folder.iterdir()] == ["pyproject.toml"]
    assert (source.version, source.instant, source.left_out) == ("1.2.3", 1_700_000_000, 1)


@needs_git
def test_an_instant_from_outside_goes_before_that_of_the_commit(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234567890")
    assert committed(checkout, tmp_path / "source").instant == 1_234_567_890


def test_nothing_is_released_from_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    with pytest.raises(NoSource, match="no git"):
        committed(tmp_path, tmp_path / "source")


def an_archive(place: Path, names: list[str], mtime: int) -> Path:
    with tarfile.open(place, "w:gz") as archive:
        for name in names:
            (place.parent / name).write_text(name)
            os.utime(place.parent / name, (mtime, mtime))
            archive.add(place.parent / name, name)
    return place


def test_a_source_distribution_tells_nothing_of_when_and_where_it_was_built(tmp_path: Path) -> None:
    first = an_archive(tmp_path / "first.tar.gz", ["a", "b"], 1_000_000)
    second = an_archive(tmp_path / "second.tar.gz", ["b", "a"], 2_000_000)
    assert first.read_bytes() != second.read_bytes()
    for each in (first, second):
        _set_time(each, 1_700_000_000)
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as archive:
        assert {each.name: archive.extractfile(each).read() for each in archive} == {"a": b"a", "b": b"b"}  # type: ignore[union-attr]


def test_checksums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"two")
    (tmp_path / "a").write_bytes(b"one")
    made = checksums.write([tmp_path / "b", tmp_path / "a"], tmp_path)
    assert made.read_text() == f"{sha256(b'one').hexdigest()}  a\n{sha256(b'two').hexdigest()}  b\n"


def names_in(inventory: Path) -> set[str]:
    return {f"{each['name']}=={each['version']}" for each in json.loads(inventory.read_text())["components"]}


A_KNOWN = {"name": "sound", "version": "1", "vulns": []}
AN_UNKNOWN = {"name": "odd", "version": "3", "skip_reason": "Dependency not found"}
A_VULNERABLE = {"name": "old", "version": "2", "vulns": [{"id": "CVE-2"}, {"id": "CVE-1"}]}


def test_a_database_that_knows_nothing_was_not_asked() -> None:
    found = told([AN_UNKNOWN, AN_UNKNOWN])
    assert not found.was_made
    assert _is_fit(found, is_required=False)
    assert not _is_fit(found, is_required=True)


def test_vulnerable_packages_let_no_release_out(capsys: pytest.CaptureFixture[str]) -> None:
    found = told([A_KNOWN, A_VULNERABLE])
    assert found == Audit(asked=2, vulnerable=("old 2: CVE-1, CVE-2",))
    assert not _is_fit(found, is_required=False)
    assert "old 2: CVE-1, CVE-2" in capsys.readouterr().out


def test_a_required_audit_is_one_of_all_packages() -> None:
    found = told([A_KNOWN, AN_UNKNOWN])
    assert _is_fit(found, is_required=False)
    assert not _is_fit(found, is_required=True)
    assert _is_fit(told([A_KNOWN]), is_required=True)


@pytest.mark.long
def test_a_lock_file_that_cannot_be_read_is_not_taken_for_audited(tmp_path: Path) -> None:
    found = audit(tmp_path / "missing.txt")
    assert not found.was_made
    assert found.trouble


NEEDED = (
    "console/web/assets/index.html",
    "console/web/assets/manage/zone_canvas.js",
    "worker/models/mask/current.json",
    "worker/models/mask/2/model.tflite",
    "worker/models/mask/2/golden/bare_1.png",
    "worker/models/face/2/model.tflite",
    "worker/models/turned/weights.npz",
    "deploy/grafana/dashboards/pipeline.json",
    "deploy/prometheus/alerts.yml",
    "deploy/alertmanager/alertmanager.yml",
    "producer/sources/demo/portrait.jpg",
)


@pytest.mark.long
@pytest.mark.timeout(900)
@needs_git
class TestARelease:
    """Built for real, from what is committed."""

    def test_its_wheel_holds_what_processes_read_at_run_time(self, made: Path) -> None:
        wheel = zipfile.ZipFile(next(made.glob("*.whl")))
        names = set(wheel.namelist())
        for needed in NEEDED:
            assert needed in names, needed
        assert {each.split("/")[0] for each in names} == {*OURS, "maskwatch-0.1.0.dist-info"}

    def test_its_checksums_hold_and_name_every_file(self, made: Path) -> None:
        lines = [line.split("  ") for line in (made / checksums.NAME).read_text().splitlines()]
        named = {name for _, name in lines}
        assert named == {each.name for each in made.iterdir()} - {checksums.NAME}
        for expected, name in lines:
            assert sha256((made / name).read_bytes()).hexdigest() == expected
        assert {f"maskwatch-{role}-0.1.0.cdx.json" for role in ROLES} <= named

    @pytest.mark.parametrize("role", ["", *ROLES])
    def test_a_list_of_contents_names_every_locked_package_with_its_hashes(self, made: Path, role: str) -> None:
        file = made / f"maskwatch{role and '-'}{role}-0.1.0.cdx.json"
        found = json.loads(file.read_text())["components"]
        packages = locked(role) if role else locked_everywhere()
        names = {f"{each['name']}=={each['version']}" for each in found}
        assert names == {f"{name}=={version}" for name, versions in packages.items() for version in versions}
        assert all("SHA-256" in json.dumps(each) for each in found)

    def test_the_same_commit_gives_the_same_bytes(self, made: Path, tmp_path: Path) -> None:
        assert main(["--into", str(tmp_path), "--audit", "none"]) == 0
        assert (tmp_path / checksums.NAME).read_text() == (made / checksums.NAME).read_text()
