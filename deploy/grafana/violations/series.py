"""The series that this dashboard's panels are made of, and what is said of how they are counted."""

from deploy.grafana.counting import changed, counted
from deploy.grafana.looks import ENOUGH_COVERAGE
from deploy.grafana.promql import of_cameras, total
from shared import metric_names as names

EXACT = (
    "Exact: the difference of a durable counter, not Prometheus's increase(), which is extrapolated. Where Prometheus "
    "scraped in only a part of the range, it is what was counted in that part."
)
HOURLY = (
    "A bar for each hour of the dashboard's time zone, from its beginning to its end, the running one included; ranges "
    "of more than a month or so have longer bars. " + EXACT
)
NOBODY_JUDGED = "nobody was judged within the last 24 hours"

VIOLATIONS = of_cameras(total(names.VIOLATIONS))
DISMISSED = of_cameras(total(names.VIOLATIONS_DISMISSED))
PEOPLE = of_cameras(total(names.PEOPLE))
CANNOT_TELL = of_cameras(total(names.PEOPLE), 'outcome="cannot_tell"')
SEES_ENOUGH = f"max by (camera) ({of_cameras(names.COVERAGE)}) >= {ENOUGH_COVERAGE}"
CONFIRMED = f"{counted(VIOLATIONS, 'camera')} - {changed(DISMISSED, 'camera')}"


def of_each(metric: str) -> str:
    """A gauge, once for each camera that is chosen."""
    return f"max by (camera) ({of_cameras(metric)})"
