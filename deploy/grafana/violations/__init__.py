"""The dashboard on what the cameras saw: violations, people, compliance, and how much was seen at all."""

from deploy.grafana.dashboard import Dashboard
from deploy.grafana.variables import CHANGES, CONSOLE, SOURCE_VARIABLE, cameras
from deploy.grafana.violations import in_range, people, sight, violations

DASHBOARD = Dashboard(
    "maskwatch-violations",
    "Maskwatch: violations",
    "People without a mask, people, compliance, and how much of the time was seen. Counts come from durable counters "
    "and are exact.",
    [in_range.ROW, violations.ROW, people.ROW, sight.COMPLIANCE, sight.SIGHT],
    [SOURCE_VARIABLE, cameras(), CONSOLE],
    CHANGES,
    since="now-24h",
    refresh="1m",
)
