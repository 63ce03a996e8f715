"""The versions in a registry, as a table and as JSON; a broken one is listed with what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from pydantic import Field
from rich.table import Table
from rich.text import Text

from console.instants import Instant
from shared.messages import Message
from shared.model_registry import AnyManifest, GateRecord, ModelError, ModelRegistry, Refusal, VersionRegistry

GateWord = Literal["not asked", "passed", "forced", "failed"]
NOT_ASKED: Final = "not asked"
PASSED: Final = "passed"
FORCED: Final = "forced"
FAILED: Final = "failed"
GATE_STYLES: dict[GateWord, str] = {PASSED: "green", FORCED: "yellow", FAILED: "red", NOT_ASKED: "dim"}


@dataclass(frozen=True)
class Listed:
    """One version; ``broken`` says why it cannot be served, and the rest is then not known."""

    version: int
    is_current: bool
    made: datetime | None = None
    labels: tuple[str, ...] = ()
    model_bytes: int | None = None
    accuracy: float | None = None  # on the holdout
    gate: GateRecord | None = None
    broken: str | None = None


def gate_word(gate: GateRecord | None) -> GateWord:
    """What became of a gate, in a word."""
    if gate is None:
        return NOT_ASKED
    return FORCED if gate.forced else PASSED if gate.passed else FAILED


def read(registry: ModelRegistry) -> list[Listed]:
    """Every version, oldest first, without reading all of its files.

    Raises:
        ModelError: the registry does not answer.
    """
    current = current_or_none(registry)
    return [_listed(registry, version, version == current) for version in registry.versions()]


def current_or_none(registry: VersionRegistry[AnyManifest]) -> int | None:
    """The version served, if one is named.

    Raises:
        ModelError: the registry does not answer.
    """
    try:
        return registry.current()
    except ModelError as error:
        raise_unreachable(error)
        return None


def _listed(registry: ModelRegistry, version: int, is_current: bool) -> Listed:
    try:
        manifest = registry.manifest(version)
    except ModelError as error:
        raise_unreachable(error)
        return Listed(version, is_current, broken=str(error))
    sizes = registry.sizes(version)
    missing = sorted({manifest.model_file, *manifest.files} - sizes.keys())
    return Listed(
        version,
        is_current,
        made=manifest.created_at,
        labels=manifest.labels,
        model_bytes=sizes.get(manifest.model_file),
        accuracy=manifest.metrics.get("test", {}).get("accuracy"),
        gate=manifest.gate,
        broken=f"{missing[0]} is missing" if missing else None,
    )


def raise_unreachable(error: ModelError) -> None:
    """Pass on that the registry itself does not answer; any other error is of one version only."""
    if error.reason is Refusal.UNREACHABLE:
        raise error


def rollback_target(registry: VersionRegistry[AnyManifest], current: int | None) -> int | None:
    """The version that rolling back would serve, if there is one and its manifest can be read.

    Raises:
        ModelError: the registry does not answer.
    """
    if current is None:
        return None
    try:
        return registry.before(current)
    except ModelError as error:
        raise_unreachable(error)
        return None


def versions_table(versions: list[Listed]) -> Table:
    """For people; * marks the version served."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True, width=1)
    table.add_column("version", justify="right", no_wrap=True)
    table.add_column("made", no_wrap=True, min_width=16)
    table.add_column("labels", overflow="fold")
    table.add_column("size", justify="right", no_wrap=True, min_width=6)
    table.add_column("accuracy", justify="right", no_wrap=True)
    table.add_column("gate", no_wrap=True, min_width=9)
    for each in versions:
        table.add_row(*_row(each))
    return table


def _row(each: Listed) -> list[Text]:
    mark, number = Text("*" if each.is_current else "", "bold green"), Text(str(each.version))
    if each.broken is not None:
        return [mark, number, Text("broken", "red"), Text(each.broken, "red"), Text(), Text(), Text()]
    word = gate_word(each.gate)
    return [
        mark,
        number,
        Text(f"{each.made:%Y-%m-%d %H:%M}"),
        Text(", ".join(each.labels)),
        Text("" if each.model_bytes is None else f"{each.model_bytes / 1e6:.1f} MB"),
        Text("" if each.accuracy is None else f"{each.accuracy:.1%}"),
        Text(word, GATE_STYLES[word]),
    ]


class VersionSummary(Message):
    """One version of the classifier; what is not known is null."""

    version: int
    current: bool = Field(description="Whether it is the one to serve.")
    broken: str | None = Field(description="Why it cannot be served; the rest is then not known.")
    made: Instant | None
    labels: tuple[str, ...]
    model_bytes: int | None
    accuracy: float | None = Field(description="On faces that were held back, 0 to 1.")
    gate: GateWord
    reasons: tuple[str, ...] = Field(description="What its gate found worse.")


class VersionList(Message):
    """A registry's versions of the classifier, oldest first."""

    registry: str
    current: int | None = Field(description="The version to serve; null where none is named.")
    rollback_to: int | None = Field(description="The version that rolling back would serve; null where there is none.")
    versions: tuple[VersionSummary, ...]


def version_list(registry: ModelRegistry, versions: list[Listed]) -> VersionList:
    """For programs."""
    current = next((each.version for each in versions if each.is_current), None)
    return VersionList(
        registry=registry.where,
        current=current,
        rollback_to=rollback_target(registry, current),
        versions=tuple(map(_summary, versions)),
    )


def _summary(each: Listed) -> VersionSummary:
    return VersionSummary(
        version=each.version,
        current=each.is_current,
        broken=each.broken,
        made=each.made,
        labels=each.labels,
        model_bytes=each.model_bytes,
        accuracy=each.accuracy,
        gate=gate_word(each.gate),
        reasons=each.gate.reasons if each.gate else (),
    )
