"""Panels and their queries, and how Grafana writes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

SOURCE_UID = "maskwatch-prometheus"  # as in provisioning/datasources
SOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}


@dataclass(frozen=True)
class Query:
    """One expression of a panel.

    ``may_be_empty`` says in which healthy system it gives nothing; ``None`` where it always gives something.
    """

    expr: str
    legend: str = ""
    is_instant: bool = False  # one value at the end of the range, instead of one for each step
    is_table: bool = False
    may_be_empty: str | None = None

    def as_json(self, ref_id: str) -> Json:
        """The query as Grafana writes it."""
        return {
            "refId": ref_id,
            "datasource": SOURCE,
            "editorMode": "code",
            "expr": self.expr,
            "format": "table" if self.is_table else "time_series",
            "instant": self.is_instant,
            "range": not self.is_instant,
            "legendFormat": self.legend or "__auto",
        }


@dataclass(frozen=True)
class Override:
    """Settings of some fields, which ``matcher`` chooses by ``choice``."""

    matcher: str  # byName, byFrameRefID, ...
    choice: str
    properties: Mapping[str, Any]

    def as_json(self) -> Json:
        """The override as Grafana writes it."""
        properties = [{"id": name, "value": value} for name, value in self.properties.items()]
        return {"matcher": {"id": self.matcher, "options": self.choice}, "properties": properties}


@dataclass(frozen=True)
class Panel:
    """A panel of any kind; sizes in Grafana's grid, which is 24 wide."""

    title: str
    kind: str
    description: str
    queries: Sequence[Query]
    options: Mapping[str, Any]
    defaults: Mapping[str, Any]
    overrides: Sequence[Override] = ()
    transformations: Sequence[Json] = ()
    width: int = 8
    height: int = 8
    min_interval: str | None = None  # at least so far apart are two points
    repeats: str | None = None  # a variable: one panel for each of its values

    def as_json(self, number: int, x: int, y: int) -> Json:
        """The panel as Grafana writes it, at its place."""
        made: Json = {
            "id": number,
            "title": self.title,
            "type": self.kind,
            "description": self.description,
            "datasource": SOURCE,
            "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height},
            "targets": [query.as_json(chr(ord("A") + index)) for index, query in enumerate(self.queries)],
            "fieldConfig": {
                "defaults": dict(self.defaults),
                "overrides": [override.as_json() for override in self.overrides],
            },
            "options": dict(self.options),
        }
        if self.transformations:
            made["transformations"] = list(self.transformations)
        if self.min_interval:
            made["interval"] = self.min_interval
            made["targets"] = [{**target, "interval": self.min_interval} for target in made["targets"]]
        if self.repeats:
            made |= {"repeat": self.repeats, "repeatDirection": "h", "maxPerRow": 24 // self.width}
        return made
