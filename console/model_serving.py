"""Which version is served from now on: what commands and API do, and say."""

from pydantic import Field

from console.model_promotion import promote, refuse_failed
from shared.detector_manifest import FACE_MODEL, DetectorManifest
from shared.messages import Message
from shared.model_registry import AnyManifest, GateRecord, Manifest, VersionManifest, VersionRegistry

_TAKEN_UP = "workers take it up within seconds"
_LOADED_LATER = "workers load it when they start next"


class Served(Message):
    """Which version is served from now on."""

    current: int
    said: str = Field(description="The same in words, and when workers follow.")


def serve(registry: VersionRegistry[AnyManifest], version: int, *, force: bool, force_by: str = "--force") -> Served:
    """Promote a version whose gate let it pass, or by force any.

    Raises:
        CommandFailed: its gate did not, with the reasons; ``force_by`` says how to overrule it.
        ModelError: there is no such version, or its files are not what its manifest states.
    """
    gate = _gate(registry.verified(version))
    refuse_failed(gate, version, force=force, force_by=force_by)
    promote(registry, version, gate)
    return served(registry, version, gate)


def served(registry: VersionRegistry[AnyManifest], version: int, gate: GateRecord | None) -> Served:
    """What is said of a version that was promoted."""
    forced = " by force" if gate is not None and not gate.passed else ""
    return Served(current=version, said=f"{_name(registry)}version {version} is current{forced}: {_when(registry)}")


def roll_back(registry: VersionRegistry[AnyManifest]) -> Served:
    """Serve the version again that was served before.

    Raises:
        ModelError: there is none, or its files are not what its manifest states.
    """
    before, after = registry.current(), registry.rollback()
    return Served(
        current=after, said=f"{_name(registry)}version {after} is current instead of {before}: {_when(registry)}"
    )


def _gate(manifest: VersionManifest) -> GateRecord | None:
    return manifest.gate if isinstance(manifest, Manifest | DetectorManifest) else None


def _name(registry: VersionRegistry[AnyManifest]) -> str:
    return "detector " if registry.name == FACE_MODEL else ""


def _when(registry: VersionRegistry[AnyManifest]) -> str:
    return _LOADED_LATER if registry.name == FACE_MODEL else _TAKEN_UP
