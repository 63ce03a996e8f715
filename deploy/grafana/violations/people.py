"""People by what became of them."""

from deploy.grafana.counting import counted, counted_ahead
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import GREY, merged, one_color
from deploy.grafana.panels import bar_gauge, bars
from deploy.grafana.promql import of_cameras, total
from deploy.grafana.schema import Query
from deploy.grafana.violations.series import EXACT, HOURLY, PEOPLE
from shared import metric_names as names

ROW = Row(
    "People",
    [
        bars(
            "People by outcome, per hour",
            HOURLY,
            Query(f"sum by (outcome) ({counted_ahead(PEOPLE, 'camera, outcome')})", "{{outcome}}"),
            width=16,
        ),
        bar_gauge(
            "Why nobody can tell",
            f"What was wrong with most of what was seen of these faces. {EXACT}",
            Query(
                f"sum by (reason) ({counted(of_cameras(total(names.PEOPLE_UNJUDGED)), 'camera, reason')})",
                "{{reason}}",
                is_instant=True,
            ),
            defaults=merged(one_color(GREY), {"decimals": 0}),
        ),
    ],
)
