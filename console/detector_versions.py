"""The face detectors in a registry, as a table and as JSON; a broken one is listed with what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field
from rich.table import Table
from rich.text import Text

from console.instants import Instant
from console.model_list import GATE_STYLES, GateWord, current_or_none, gate_word, raise_unreachable, rollback_target
from shared.detector_manifest import DetectorManifest, DetectorRegistry
from shared.messages import Label, Message
from shared.model_registry import GateRecord, ModelError
from trainer.report.words import percent


class Found(Message):
    """What a version finds at its own size on the part that is farthest from training."""

    part: str
    masked: float = Field(description="Masked faces that it finds, 0 to 1.")
    bare: float = Field(description="Bare faces that it finds, 0 to 1.")
    false_faces: float = Field(description="False faces a photograph.")
    milliseconds: float = Field(description="Of one core a photograph.")


@dataclass(frozen=True)
class ListedDetector:
    """One version; ``broken`` says why it cannot be served, and the rest is then not known."""

    version: int
    is_current: bool
    made: datetime | None = None
    precision: str = ""
    model_bytes: int | None = None
    found: Found | None = None
    gate: GateRecord | None = None
    broken: str | None = None


def read(registry: DetectorRegistry) -> list[ListedDetector]:
    """Every version, oldest first, without reading all of its files.

    Raises:
        ModelError: the registry does not answer.
    """
    current = current_or_none(registry)
    return [_listed(registry, version, version == current) for version in registry.versions()]


def found_by(manifest: DetectorManifest) -> Found | None:
    """Of the names of its figures those of our own detector; a version from before may state no precision."""
    precision = str(manifest.training.get("precision", ""))
    wanted = f"ours ({precision}), " if precision else "ours, "
    own = {name.removeprefix(wanted): each for name, each in manifest.metrics.items() if name.startswith(wanted)}
    plain = [(part, figures) for part, figures in own.items() if ", " not in part]
    if not plain:
        return None
    part, figures = plain[-1]
    masked, bare = (figures.get(f"{label} all", 0.0) for label in (Label.WITH_MASK, Label.WITHOUT_MASK))
    false_faces, milliseconds = (figures.get(name, 0.0) for name in ("false_faces", "milliseconds"))
    return Found(part=part, masked=masked, bare=bare, false_faces=false_faces, milliseconds=milliseconds)


def _listed(registry: DetectorRegistry, version: int, is_current: bool) -> ListedDetector:
    try:
        manifest = registry.manifest(version)
    except ModelError as error:
        raise_unreachable(error)
        return ListedDetector(version, is_current, broken=str(error))
    sizes = registry.sizes(version)
    missing = sorted({manifest.model_file, *manifest.files} - sizes.keys())
    return ListedDetector(
        version,
        is_current,
        made=manifest.created_at,
        precision=str(manifest.training.get("precision", "")),
        model_bytes=sizes.get(manifest.model_file),
        found=found_by(manifest),
        gate=manifest.gate,
        broken=f"{missing[0]} is missing" if missing else None,
    )


def detectors_table(versions: list[ListedDetector]) -> Table:
    """For people; * marks the version served."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True, width=1)
    table.add_column("version", justify="right", no_wrap=True)
    table.add_column("made", min_width=16)
    for heading in ("file", "masked", "bare", "false", "ms"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("gate", no_wrap=True, min_width=9)
    for each in versions:
        table.add_row(*_row(each))
    return table


def _row(each: ListedDetector) -> list[Text]:
    mark, number = Text("*" if each.is_current else "", "bold green"), Text(str(each.version))
    if each.broken is not None:
        return [mark, number, Text(f"broken: {each.broken}", "red"), *(Text() for _ in range(6))]
    found, size = each.found, "" if each.model_bytes is None else f"{each.model_bytes / 1e6:.1f} MB"
    figures = ("",) * 4 if found is None else _figures(found)
    word = gate_word(each.gate)
    return [
        mark,
        number,
        Text(f"{each.made:%Y-%m-%d %H:%M}"),
        Text(f"{each.precision} {size}".strip()),
        *map(Text, figures),
        Text(word, GATE_STYLES[word]),
    ]


def _figures(found: Found) -> tuple[str, ...]:
    return percent(found.masked), percent(found.bare), f"{found.false_faces:.2f}", f"{found.milliseconds:.1f}"


class DetectorSummary(Message):
    """One version of the face detector; what is not known is null."""

    version: int
    current: bool = Field(description="Whether it is the one to serve.")
    broken: str | None = Field(description="Why it cannot be served; the rest is then not known.")
    made: Instant | None
    precision: str | None = Field(description="Of its weights.")
    model_bytes: int | None
    found: Found | None
    gate: GateWord
    reasons: tuple[str, ...] = Field(description="What its gate found worse.")


class DetectorList(Message):
    """A registry's versions of the face detector, oldest first."""

    registry: str
    current: int | None = Field(description="The version to serve; null where none is named.")
    rollback_to: int | None = Field(description="The version that rolling back would serve; null where there is none.")
    versions: tuple[DetectorSummary, ...]


def detector_list(registry: DetectorRegistry, versions: list[ListedDetector]) -> DetectorList:
    """For programs."""
    current = next((each.version for each in versions if each.is_current), None)
    return DetectorList(
        registry=registry.where,
        current=current,
        rollback_to=rollback_target(registry, current),
        versions=tuple(map(_summary, versions)),
    )


def _summary(each: ListedDetector) -> DetectorSummary:
    return DetectorSummary(
        version=each.version,
        current=each.is_current,
        broken=each.broken,
        made=each.made,
        precision=each.precision or None,
        model_bytes=each.model_bytes,
        found=each.found,
        gate=gate_word(each.gate),
        reasons=each.gate.reasons if each.gate else (),
    )
