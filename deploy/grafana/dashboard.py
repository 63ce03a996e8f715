"""Dashboards, and how Grafana writes them: its classic JSON, of schema version 42."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.grafana.schema import SOURCE, Json, Panel, Query

SCHEMA_VERSION = 42
TAG = "maskwatch"


@dataclass(frozen=True)
class Row:
    """Panels under one heading, from left to right, and further down where they do not fit."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Annotation:
    """A mark at each moment at which ``expr`` gives something."""

    name: str
    expr: str
    text: str
    color: str
    may_be_empty: str | None

    def as_json(self) -> Json:
        """The annotation as Grafana writes it."""
        return {
            "name": self.name,
            "datasource": SOURCE,
            "enable": True,
            "iconColor": self.color,
            "target": Query(self.expr).as_json("Anno"),
            "titleFormat": self.name,
            "textFormat": self.text,
        }


@dataclass(frozen=True)
class Variable:
    """A variable: what Grafana writes of it, and the metric that gives its values."""

    name: str
    content: Json = field(default_factory=dict)
    metric: str | None = None
    may_be_empty: str | None = None

    def as_json(self) -> Json:
        """The variable as Grafana writes it."""
        return {"name": self.name, **self.content}


@dataclass(frozen=True)
class Dashboard:
    """A whole dashboard; ``uid`` stays for good, since links name it."""

    uid: str
    title: str
    description: str
    rows: Sequence[Row]
    variables: Sequence[Variable]
    annotations: Sequence[Annotation] = ()
    since: str = "now-6h"
    refresh: str = "30s"

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.uid.removeprefix('maskwatch-')}.json"

    def panels(self) -> list[Panel]:
        """All panels."""
        return [panel for row in self.rows for panel in row.panels]

    def as_json(self) -> Json:
        """The dashboard as Grafana writes it."""
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": [TAG],
            "schemaVersion": SCHEMA_VERSION,
            "editable": True,
            "graphTooltip": 1,
            # Of whoever looks, or what their Grafana account says.
            "timezone": "browser",
            "time": {"from": self.since, "to": "now"},
            "refresh": self.refresh,
            "links": [_links()],
            "templating": {"list": [variable.as_json() for variable in self.variables]},
            "annotations": {"list": [each.as_json() for each in self.annotations]},
            "panels": _placed(self.rows),
        }


def _links() -> Json:
    """Links to the dashboards with our tag, which keep time range and variables."""
    return {
        "type": "dashboards",
        "title": "Maskwatch",
        "tags": [TAG],
        "asDropdown": False,
        "icon": "external link",
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
        "tooltip": "",
    }


def _placed(rows: Sequence[Row]) -> list[Json]:
    placed: list[Json] = []
    y = 0
    for row in rows:
        heading = {"id": len(placed) + 1, "type": "row", "title": row.title, "collapsed": False, "panels": []}
        placed.append({**heading, "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        y += 1
        x = height = 0
        for panel in row.panels:
            if x + panel.width > 24:
                x, y, height = 0, y + height, 0
            placed.append(panel.as_json(len(placed) + 1, x, y))
            x, height = x + panel.width, max(height, panel.height)
        y += height
    return placed
