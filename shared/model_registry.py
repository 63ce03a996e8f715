"""Model versions: how the trainer publishes them and how workers read them.

``<root>/<name>/<version>/`` holds the model's files and ``manifest.json``; ``<root>/<name>/current.json``
names the version to serve. A root is a folder or an fsspec URL (s3://bucket/prefix). A reader sees all
of a version or nothing. Manifests are outside input: sizes and paths are checked.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from shared.local_place import LocalPlace
from shared.model_files import digests
from shared.model_manifest import (
    BACKGROUND,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    Answer,
    FileName,
    GateRecord,
    GoldenCheck,
    Manifest,
    ModelError,
    ModelInput,
    Refusal,
    Sha256,
    VersionManifest,
)
from shared.model_place import CURRENT, MAX_CURRENT_BYTES, Place, is_remote, local_path

__all__ = [
    "BACKGROUND",
    "CURRENT",
    "MANIFEST",
    "MAX_MANIFEST_BYTES",
    "Answer",
    "AnyManifest",
    "FileName",
    "GateRecord",
    "GoldenCheck",
    "Manifest",
    "ModelError",
    "ModelInput",
    "ModelRegistry",
    "Refusal",
    "Sha256",
    "VersionManifest",
    "VersionRegistry",
]

AnyManifest = TypeVar("AnyManifest", bound=VersionManifest)


class VersionRegistry(Generic[AnyManifest]):
    """The versions of one model in a folder, or behind an fsspec URL.

    Every method raises ``ModelError`` with ``Refusal.UNREACHABLE`` where the registry itself does not answer.
    """

    def __init__(self, root: str | Path, name: str, kind: type[AnyManifest]) -> None:
        """Open a registry of ``kind`` of manifests; nothing is created until something is published."""
        self.name = name
        self._kind = kind
        self._place = _open(root, name)

    @property
    def folder(self) -> Path:
        """Where versions are on this machine: the registry itself, or the copies of a remote one."""
        return self._place.folder

    @property
    def where(self) -> str:
        """The registry's name for people; holds no password."""
        return self._place.where

    def versions(self) -> list[int]:
        """The published versions, oldest first."""
        return self._place.versions()

    def state(self) -> str:
        """What differs after each change of ``current.json``, also to one that is missing or none; cheap to poll."""
        return self._place.state()

    def sizes(self, version: int) -> dict[str, int]:
        """The bytes of each file of a version."""
        return self._place.sizes(version)

    def current(self) -> int:
        """The version to serve.

        Raises:
            ModelError: none is named, or the file that names it cannot be read.
        """
        return _version_of(self._promotion(), f"{self.where}/{CURRENT}")

    def was_forced(self) -> bool:
        """Whether the current version was promoted although its gate did not let it pass."""
        return self._promotion().get("forced") is True

    def _promotion(self) -> dict[str, Any]:
        where = f"{self.where}/{CURRENT}"
        try:
            found = json.loads(self._place.read(CURRENT, MAX_CURRENT_BYTES))
        except FileNotFoundError:
            raise ModelError(f"no model is promoted in {self.where}: {CURRENT} is missing", Refusal.CURRENT) from None
        except (OSError, ValueError, RecursionError) as error:
            raise ModelError(f"{where} does not name a version: {error!r}", Refusal.CURRENT) from error
        if not isinstance(found, dict):
            raise ModelError(f"{where} does not name a version: {str(found)[:100]!r}", Refusal.CURRENT)
        return found

    def path(self, version: int) -> Path:
        """A local folder with a version's files; those of a remote registry are checked and, if need be, downloaded.

        Raises:
            ModelError: the registry is remote and the version cannot be had.
        """
        if self._place.is_remote:
            self.verified(version)
        return self.folder / str(version)

    def manifest(self, version: int) -> AnyManifest:
        """Read a version's manifest.

        Raises:
            ModelError: it is missing, too large, does not parse or speaks of another version.
        """
        content, where = self._manifest_bytes(version), f"{self.where}/{version}/{MANIFEST}"
        try:
            manifest = self._kind.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            what = ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
            raise ModelError(f"{where} is not a manifest: {what}", Refusal.MANIFEST) from error
        if manifest.version != version:
            raise ModelError(f"{where} speaks of version {manifest.version}", Refusal.MANIFEST)
        return manifest

    def _manifest_bytes(self, version: int) -> bytes:
        where = f"{self.where}/{version}/{MANIFEST}"
        try:
            content = self._place.read(f"{version}/{MANIFEST}", MAX_MANIFEST_BYTES + 1)
        except OSError as error:
            reason = error.strerror or "there is none"
            raise ModelError(f"model version {version} has no readable manifest: {where}: {reason}") from error
        if len(content) > MAX_MANIFEST_BYTES:
            raise ModelError(f"{where} is larger than {MAX_MANIFEST_BYTES} bytes", Refusal.MANIFEST)
        return content

    def verified(self, version: int) -> AnyManifest:
        """The manifest of a version whose files are all there and have the stated checksums.

        Raises:
            ModelError: names the first file that is missing or differs.
        """
        manifest = self.manifest(version)
        if manifest.model_file not in manifest.files:
            raise ModelError(f"version {version} states no checksum for {manifest.model_file}", Refusal.CHECKSUM)
        if MANIFEST in manifest.files:
            raise ModelError(f"version {version} states a checksum for {MANIFEST} itself", Refusal.MANIFEST)
        self._place.verify(version, manifest.files)
        return manifest

    def publish(self, describe: Callable[[int, Path], AnyManifest], at_least: int = 1) -> AnyManifest:
        """Publish a new version whole or not at all, without promoting it.

        ``describe`` gets the new version's number and an empty staging folder, writes the files
        there and returns the manifest; its ``files`` are filled in here from what was written. A
        number is never used again, and ``at_least`` so high.
        """
        published: list[AnyManifest] = []

        def fill(version: int, staging: Path) -> None:
            described = describe(version, staging)
            manifest = described.model_copy(update={"name": self.name, "version": version, "files": digests(staging)})
            (staging / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n")
            published.append(manifest)

        self._place.publish(fill, at_least)
        return published[0]

    def promote(self, version: int, forced: bool = False) -> None:
        """Make a version the one to serve, atomically; ``forced`` although its gate did not let it pass.

        Raises:
            ModelError: there is no such version, or its files are not what its manifest states.
        """
        self.verified(version)
        promotion = {
            "version": version,
            "previous": self._previous_to(version),
            "promoted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "forced": forced,
        }
        self._place.write(CURRENT, json.dumps(promotion).encode() + b"\n")

    def _previous_to(self, version: int) -> int | None:
        """The version served before ``version`` is; one that is promoted again keeps what was before it."""
        try:
            promotion = self._promotion()
            current = _version_of(promotion, "")
        except ModelError as error:
            if error.reason is Refusal.UNREACHABLE:
                raise
            return None
        return current if current != version else _number(promotion.get("previous"))

    def rollback(self) -> int:
        """Promote the version that was served before the current one, or the next older one where none is recorded.

        That one may never have been served, so versions whose gate failed are passed over. Returns its number.

        Raises:
            ModelError: there is none, or its files are not what its manifest states.
        """
        current = self.current()
        previous = self.before(current)
        if previous is None:
            raise ModelError(f"there is no version before {current} in {self.where}")
        gate = self._gate(previous)
        self.promote(previous, forced=gate is not None and gate.forced)
        return previous

    def before(self, current: int) -> int | None:
        """The version that ``rollback`` would serve in place of the current one.

        Raises:
            ModelError: a manifest that has to be looked into cannot be read.
        """
        previous = _number(self._promotion().get("previous"))
        if previous is not None:
            return previous
        older = (version for version in reversed(self.versions()) if version < current)
        return next((version for version in older if not self._was_refused(version)), None)

    def substitutes(self) -> list[int]:
        """What may be served while the promoted version cannot: what was served before it, then older ones.

        Newest first; without versions whose gate failed, whose manifest is broken, or that are
        newer than the promotion, since nobody has decided to serve those.
        """
        try:
            promotion = self._promotion()
        except ModelError:
            promotion = {}
        current, previous = _number(promotion.get("version")), _number(promotion.get("previous"))
        older = [version for version in reversed(self.versions()) if current is None or version < current]
        first = [previous] if previous in self.versions() and previous is not None else []
        return [version for version in dict.fromkeys([*first, *older]) if self._is_readable(version)]

    def _is_readable(self, version: int) -> bool:
        try:
            return not self._was_refused(version)
        except ModelError:
            return False

    def _was_refused(self, version: int) -> bool:
        gate = self._gate(version)
        return gate is not None and not gate.passed and not gate.forced

    def _gate(self, version: int) -> GateRecord | None:
        """What a version's gate said; manifests of some kinds know of none."""
        gate = getattr(self.manifest(version), "gate", None)
        return gate if isinstance(gate, GateRecord) else None

    def record_gate(self, version: int, gate: GateRecord) -> None:
        """Write into a published version's manifest what was found or decided since; its files stay as they are.

        Raises:
            ModelError: there is no such version.
        """
        self.manifest(version)
        # As it stands there: a later release may have stated more than this one reads.
        stated: Mapping[str, Any] = json.loads(self._manifest_bytes(version))
        changed = {**stated, "gate": gate.model_dump(mode="json")}
        self._place.write(f"{version}/{MANIFEST}", json.dumps(changed, indent=2).encode() + b"\n")


class ModelRegistry(VersionRegistry[Manifest]):
    """The versions of a mask classifier."""

    def __init__(self, root: str | Path, name: str = "mask") -> None:
        """Open a registry; nothing is created until something is published."""
        super().__init__(root, name, Manifest)


def _open(root: str | Path, name: str) -> Place:
    if not is_remote(root):
        return LocalPlace(local_path(root) / name)
    from shared.remote_place import RemotePlace  # noqa: PLC0415 - most registries are folders

    return RemotePlace(f"{str(root).rstrip('/')}/{name}")


def _version_of(promotion: Mapping[str, Any], where: str) -> int:
    version = _number(promotion.get("version"))
    if version is None:
        raise ModelError(f"{where} does not name a version: {str(promotion)[:100]}", Refusal.CURRENT)
    return version


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 1 else None
