"""The kinds of panels that the dashboards use, each with the settings that all of its kind have."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from deploy.grafana.looks import BLUE, one_color
from deploy.grafana.schema import Json, Override, Panel, Query

_LAST: Json = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_TOOLTIP: Json = {"mode": "multi", "sort": "desc"}


def stat(title: str, description: str, *queries: Query, defaults: Mapping[str, Any], names: bool = False) -> Panel:
    """A number, or one for each series with its name."""
    options = {
        "reduceOptions": _LAST,
        "orientation": "auto",
        "textMode": "value_and_name" if names else "value",
        "wideLayout": True,
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
    }
    return Panel(title, "stat", description, queries, options, dict(defaults), width=4, height=4)


def name_of(title: str, description: str, *queries: Query) -> Panel:
    """The name of the series, for what is told by a label."""
    plain = stat(title, description, *queries, defaults=one_color(BLUE))
    return Panel(
        title,
        plain.kind,
        description,
        queries,
        {**plain.options, "textMode": "name"},
        plain.defaults,
        width=4,
        height=4,
    )


def lines(
    title: str,
    description: str,
    *queries: Query,
    unit: str = "short",
    defaults: Mapping[str, Any] | None = None,
    overrides: Sequence[Override] = (),
    width: int = 8,
) -> Panel:
    """Lines over time; thresholds are lines too."""
    custom: Json = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 10, "showPoints": "auto", "spanNulls": False}
    if defaults and "thresholds" in defaults:
        custom["thresholdsStyle"] = {"mode": "line"}
    shown = {"unit": unit, "min": 0, **(defaults or {}), "color": {"mode": "palette-classic"}, "custom": custom}
    return Panel(title, "timeseries", description, queries, _with_legend(), shown, overrides, width=width)


def stacked(title: str, description: str, *queries: Query, unit: str = "short", width: int = 8) -> Panel:
    """Areas over time that add up."""
    plain = lines(title, description, *queries, unit=unit, width=width)
    custom = {**plain.defaults["custom"], "stacking": {"mode": "normal", "group": "A"}, "fillOpacity": 40}
    return replace(plain, defaults={**plain.defaults, "custom": custom})


def bars(title: str, description: str, *queries: Query, unit: str = "short", width: int = 12) -> Panel:
    """A bar for each hour of the dashboard's time zone, from its beginning to its end, stacked by series."""
    custom: Json = {
        "drawStyle": "bars",
        "barAlignment": 1,
        "barWidthFactor": 0.9,
        "lineWidth": 0,
        "fillOpacity": 80,
        "showPoints": "never",
        "stacking": {"mode": "normal", "group": "A"},
    }
    shown = {"unit": unit, "min": 0, "decimals": 0, "color": {"mode": "palette-classic-by-name"}, "custom": custom}
    return Panel(title, "timeseries", description, queries, _with_legend("sum"), shown, width=width, min_interval="1h")


def bar_gauge(
    title: str,
    description: str,
    *queries: Query,
    defaults: Mapping[str, Any],
    overrides: Sequence[Override] = (),
    width: int = 8,
) -> Panel:
    """A horizontal bar for each series, with its number."""
    options = {
        "reduceOptions": _LAST,
        "orientation": "horizontal",
        "displayMode": "basic",
        "valueMode": "color",
        "namePlacement": "left",
        "showUnfilled": False,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 32,
        "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []},
    }
    return Panel(title, "bargauge", description, queries, options, {"min": 0, **defaults}, overrides, width=width)


def timeline(title: str, description: str, *queries: Query, defaults: Mapping[str, Any], width: int = 16) -> Panel:
    """A band for each series, in the colour of its value."""
    options = {
        "showValue": "never",
        "rowHeight": 0.9,
        "mergeValues": True,
        "alignValue": "left",
        "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    shown = {"color": {"mode": "thresholds"}, **defaults, "custom": {"fillOpacity": 80, "lineWidth": 0}}
    return Panel(title, "state-timeline", description, queries, options, shown, width=width)


def table(
    title: str,
    description: str,
    columns: Mapping[str, Query],
    key: str,
    overrides: Sequence[Override] = (),
    width: int = 16,
) -> Panel:
    """A row for each value of the label ``key``, a column for each query; one without a name only brings its labels."""
    values = {f"Value #{chr(ord('A') + index)}": column for index, column in enumerate(columns)}
    organized = {
        "excludeByName": {"Time": True, **{value: True for value, column in values.items() if not column}},
        "renameByName": {value: column for value, column in values.items() if column},
        "indexByName": {},
    }
    return Panel(
        title,
        "table",
        description,
        list(columns.values()),
        {"showHeader": True, "cellHeight": "sm", "frameIndex": 0, "sortBy": [{"displayName": key, "desc": False}]},
        {"custom": {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "filterable": True}},
        overrides,
        ({"id": "merge", "options": {}}, {"id": "organize", "options": organized}),
        width=width,
    )


def _with_legend(*calcs: str) -> Json:
    legend: Json = {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": list(calcs)}
    return {"legend": legend, "tooltip": _TOOLTIP}
