"""Model versions on disk: how the trainer publishes them and how workers read them.

``<root>/<name>/<version>/`` holds the model's files and ``manifest.json``; ``<root>/<name>/current.json``
names the version to serve. A version is written to a staging folder, synced and renamed, so that a
reader sees all of it or nothing. Manifests are outside input: sizes and paths are checked.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from shared.messages import Label

MANIFEST = "manifest.json"
CURRENT = "current.json"
MAX_MANIFEST_BYTES = 1_000_000

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# A file beside the manifest or one folder below: no absolute path, no "..".
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$")]


BACKGROUND: Literal["background"] = "background"  # what a network may answer of a detector's false face
Answer = Label | Literal["background"]


class Refusal(StrEnum):
    """Why a model version cannot be served; what reloads are counted by."""

    CURRENT = "current"  # current.json is missing or names no version
    MISSING = "missing"  # no such version, or one of its files is not there
    MANIFEST = "manifest"  # the manifest is too large, does not parse or speaks of another version
    CHECKSUM = "checksum"  # a file is not what the manifest states
    DOES_NOT_RUN = "does_not_run"  # no network, or one whose shape is not that of the manifest
    GOLDEN = "golden"  # gives other outputs here than where it was made
    UNREACHABLE = "unreachable"  # the registry itself does not answer


class ModelError(Exception):
    """A model version that cannot be served; the message says which file and why."""

    def __init__(self, message: str, reason: Refusal = Refusal.MISSING) -> None:
        """``reason`` is the message's kind."""
        super().__init__(message)
        self.reason = reason


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ModelInput(_Record):
    """What the network takes: RGB pictures, NHWC float32, each pixel times ``scale`` plus ``offset``.

    A face is cut out as the square around its box's centre whose side is the box's longer side
    times ``1 + 2 * crop_margin``, with what lies outside the picture repeated from its edge.
    """

    width: int = Field(ge=16, le=1024)
    height: int = Field(ge=16, le=1024)
    scale: float
    offset: float
    crop_margin: float = Field(ge=0, le=2)


class GoldenCheck(_Record):
    """A picture among the version's files and the probabilities that the network must give for it."""

    file: FileName
    probabilities: tuple[float, ...]
    tolerance: float = Field(default=0.02, gt=0, lt=1)


class GateRecord(_Record):
    """Whether a version was found fit to be served, before it was: see ``trainer.gate``."""

    passed: bool
    compared_with: int | None = None  # the version served then; None where there was none
    reasons: tuple[str, ...] = ()  # one line for each thing that is worse than its margin allows
    forced: bool = False  # promoted although it did not pass, because somebody said so


class VersionManifest(_Record):
    """What any model version states of itself: its files, how it was made and how good it is."""

    schema_version: Literal[1] = 1
    name: str
    version: int = Field(ge=1)
    created_at: AwareDatetime
    model_file: FileName
    files: dict[FileName, Sha256]
    metrics: dict[str, dict[str, float]] = Field(default_factory=dict)  # split or source -> figure -> value
    training: dict[str, str | int | float] = Field(default_factory=dict)  # data fingerprint, settings, code version


class Manifest(VersionManifest):
    """How to feed a mask classifier, and what it answers.

    The network's outputs are probabilities in the order of ``labels``. ``temperature`` divides
    their logarithms before they are normalised again (calibration); 1 leaves them alone.
    """

    labels: tuple[Answer, ...] = Field(min_length=2)
    input: ModelInput
    temperature: float = Field(default=1.0, gt=0)
    golden: tuple[GoldenCheck, ...] = ()
    gate: GateRecord | None = None  # None: made before there was a gate, or shipped


AnyManifest = TypeVar("AnyManifest", bound=VersionManifest)


class VersionRegistry(Generic[AnyManifest]):
    """The versions of one model under a local folder."""

    def __init__(self, root: str | Path, name: str, kind: type[AnyManifest]) -> None:
        """Open a registry of ``kind`` of manifests; nothing is created until something is published."""
        self.folder = Path(root) / name
        self.name = name
        self._kind = kind

    def versions(self) -> list[int]:
        """The published versions, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdigit() and path.is_dir())

    def state(self) -> str:
        """What differs after each change of ``current.json``, also to one that is missing or none; cheap to poll.

        Raises:
            ModelError: the registry does not answer.
        """
        try:
            stat = (self.folder / CURRENT).stat()
        except FileNotFoundError:
            return "missing"
        except OSError as error:
            raise ModelError(f"{self.folder} cannot be read: {error.strerror}", Refusal.UNREACHABLE) from error
        return f"{stat.st_ino}-{stat.st_size}-{stat.st_mtime_ns}"

    def current(self) -> int:
        """The version to serve.

        Raises:
            ModelError: none is named, or the file that names it cannot be read.
        """
        path = self.folder / CURRENT
        try:
            version = json.loads(path.read_text())["version"]
        except FileNotFoundError:
            raise ModelError(f"no model is promoted in {self.folder}: {CURRENT} is missing", Refusal.CURRENT) from None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ModelError(f"{path} does not name a version: {error!r}", Refusal.CURRENT) from error
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise ModelError(f"{path} does not name a version: {version!r}", Refusal.CURRENT)
        return version

    def path(self, version: int) -> Path:
        """The folder of a version."""
        return self.folder / str(version)

    def manifest(self, version: int) -> AnyManifest:
        """Read a version's manifest.

        Raises:
            ModelError: it is missing, too large, does not parse or speaks of another version.
        """
        path = self.path(version) / MANIFEST
        try:
            if path.stat().st_size > MAX_MANIFEST_BYTES:
                raise ModelError(f"{path} is larger than {MAX_MANIFEST_BYTES} bytes", Refusal.MANIFEST)
            manifest = self._kind.model_validate_json(path.read_bytes())
        except OSError as error:
            raise ModelError(f"model version {version} has no readable manifest: {path}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ModelError(f"{path} is not a manifest: {where}: {first['msg']}", Refusal.MANIFEST) from error
        if manifest.version != version:
            raise ModelError(f"{path} speaks of version {manifest.version}", Refusal.MANIFEST)
        return manifest

    def verified(self, version: int) -> AnyManifest:
        """The manifest of a version whose files are all there and have the stated checksums.

        Raises:
            ModelError: names the first file that is missing or differs.
        """
        manifest = self.manifest(version)
        if manifest.model_file not in manifest.files:
            raise ModelError(f"version {version} states no checksum for {manifest.model_file}", Refusal.CHECKSUM)
        for name, expected in manifest.files.items():
            path = self.path(version) / name
            try:
                actual = hashlib.sha256(path.read_bytes()).hexdigest()
            except OSError as error:
                raise ModelError(f"model version {version}: {path}: {error.strerror}") from error
            if actual != expected:
                raise ModelError(
                    f"model version {version} is corrupt: {path} does not have its checksum", Refusal.CHECKSUM
                )
        return manifest

    def publish(self, describe: Callable[[int, Path], AnyManifest]) -> AnyManifest:
        """Publish a new version whole or not at all, without promoting it.

        ``describe`` gets the new version's number and an empty staging folder, writes the files
        there and returns the manifest; its ``files`` are filled in here from what was written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        version = max(self.versions(), default=0) + 1
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=self.folder))
        try:
            described = describe(version, staging)
            manifest = described.model_copy(update={"name": self.name, "version": version, "files": _digests(staging)})
            (staging / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")
            staging.chmod(0o755)
            _sync_tree(staging)
            staging.rename(self.path(version))
            _sync(self.folder)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        return manifest

    def record_gate(self, version: int, gate: GateRecord) -> None:
        """Put what was found after its publication into a version's manifest, atomically.

        Raises:
            ModelError: there is no such version.
        """
        described = self.manifest(version).model_copy(update={"gate": gate})
        staged = self.path(version) / f".{MANIFEST}.{os.getpid()}"
        staged.write_text(described.model_dump_json(indent=2) + "\n")
        _sync(staged)
        staged.replace(self.path(version) / MANIFEST)

    def promote(self, version: int, forced: bool = False) -> None:
        """Make a version the one to serve, atomically.

        Raises:
            ModelError: there is no such version, or its files are not what its manifest states.
        """
        self.verified(version)
        staged = self.folder / f".{CURRENT}.{os.getpid()}"
        staged.write_text(json.dumps({"version": version, "forced": forced}) + "\n")
        _sync(staged)
        staged.replace(self.folder / CURRENT)
        _sync(self.folder)


class ModelRegistry(VersionRegistry[Manifest]):
    """The versions of a mask classifier."""

    def __init__(self, root: str | Path, name: str = "mask") -> None:
        """Open a registry; nothing is created until something is published."""
        super().__init__(root, name, Manifest)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        _sync(path)


def _sync(path: Path) -> None:
    """Put a file's or folder's content on disk, so that a rename never shows an empty one after a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
