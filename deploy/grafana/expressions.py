"""Every expression of all dashboards, with variables and macros filled in, so that any Prometheus can run it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.grafana.catalogue import DASHBOARDS
from deploy.grafana.dashboard import Dashboard
from deploy.grafana.schema import Query

_MACRO = re.compile(r"\$\{?(\w+)\}?")


@dataclass(frozen=True)
class Expression:
    """An expression as Prometheus gets it."""

    dashboard: str  # its uid
    panel: str  # its title; or "annotation: ...", "variable: ..."
    expr: str
    legend: str = ""
    is_instant: bool = False  # for the end of the range alone, else for each point of it
    may_be_empty: str | None = None  # in which healthy system it gives nothing; None: it always gives something


def expressions(window: str = "1h", interval: str = "1m", rate_interval: str = "1m") -> list[Expression]:
    """Those of panels, annotations and variables.

    ``window`` is the time range that is shown, ``interval`` the time between two points, ``rate_interval`` at least
    four scrapes; all as Prometheus's durations. Variables take all their values.
    """
    macros = {
        "__range": window,
        "__interval": interval,
        "__rate_interval": rate_interval,
        "camera": ".*",
        "part": ".*",
    }

    def filled_in(expr: str) -> str:
        return _MACRO.sub(lambda found: macros[found[1]], expr)

    return [
        Expression(dashboard.uid, where, filled_in(query.expr), query.legend, query.is_instant, query.may_be_empty)
        for dashboard in DASHBOARDS
        for where, query in _queries(dashboard)
    ]


def _queries(dashboard: Dashboard) -> Iterator[tuple[str, Query]]:
    for variable in dashboard.variables:
        if variable.metric is not None:
            yield f"variable: {variable.name}", Query(variable.metric, is_instant=True)
    for annotation in dashboard.annotations:
        yield f"annotation: {annotation.name}", Query(annotation.expr, may_be_empty=annotation.may_be_empty)
    for panel in dashboard.panels():
        for query in panel.queries:
            yield panel.title, query
