"""The metrics as docs/metrics.md tells them: kinds and labels."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
_NAMES = re.compile(r"`(maskwatch_\w+)`")


@dataclass(frozen=True)
class Documented:
    """A metric; ``is_of_system`` where the console tells it for all, else each process tells its own."""

    name: str
    kind: str
    labels: tuple[str, ...]
    is_of_system: bool

    @property
    def series(self) -> dict[str, tuple[str, ...]]:
        """The names that its samples have, and the labels that they carry."""
        return {
            self.name + suffix: (*self.labels, "le") if suffix == "_bucket" else self.labels
            for suffix in SUFFIXES[self.kind]
        }


def metrics() -> list[Documented]:
    """All of them."""
    system, _, process = PAGE.read_text().partition("## One process")
    return [*_rows(system, True), *_rows(process, False)]


def _rows(text: str, is_of_system: bool) -> list[Documented]:
    rows = [line.split("|")[1:4] for line in text.splitlines() if line.startswith("| `maskwatch_")]
    return [
        Documented(name, kind.strip(), tuple(each.strip() for each in labels.split(",") if each.strip()), is_of_system)
        for names, kind, labels in rows
        for name in _NAMES.findall(names)
    ]
