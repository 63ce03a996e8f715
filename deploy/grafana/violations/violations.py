"""Violations by hour, camera and area."""

from deploy.grafana.counting import counted, counted_ahead
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import (
    BY_COLUMN,
    BY_LABEL,
    ENOUGH_COVERAGE,
    GREY,
    ORANGE,
    console_link,
    good_when,
    merged,
    one_color,
)
from deploy.grafana.panels import bar_gauge, bars, table
from deploy.grafana.promql import select, total
from deploy.grafana.schema import Override, Query
from deploy.grafana.violations.series import (
    CONFIRMED,
    EXACT,
    HOURLY,
    NOBODY_JUDGED,
    PEOPLE,
    SEES_ENOUGH,
    VIOLATIONS,
    of_each,
)
from shared import metric_names as names

_LOW_COVERAGE = Override("byFrameRefID", "B", {"color": {"mode": "fixed", "fixedColor": GREY}})

ROW = Row(
    "Violations",
    [
        bars(
            "Violations per hour",
            HOURLY,
            Query(counted_ahead(VIOLATIONS, "camera"), "{{camera}}"),
            width=16,
        ),
        bar_gauge(
            "Top cameras",
            f"The ten with the most violations; grey where less than {ENOUGH_COVERAGE:.0%} of the last 24 hours were "
            f"seen, since there may have been more. A click leads to the pictures. {EXACT}",
            Query(
                f"topk(10, {counted(VIOLATIONS, 'camera')} and on (camera) {SEES_ENOUGH})",
                "{{camera}}",
                is_instant=True,
                may_be_empty="no camera saw enough",
            ),
            Query(
                f"topk(10, {counted(VIOLATIONS, 'camera')} unless on (camera) {SEES_ENOUGH})",
                "{{camera}} (saw too little)",
                is_instant=True,
                may_be_empty="all cameras saw enough",
            ),
            defaults=merged(one_color(ORANGE), {"decimals": 0, "links": [console_link(BY_LABEL)]}),
            overrides=[_LOW_COVERAGE],
        ),
        table(
            "Each camera",
            "Violations, confirmed ones and people in the range; corrected compliance and coverage of the last 24 "
            f"hours. {EXACT}",
            {
                "Violations": Query(counted(VIOLATIONS, "camera"), is_instant=True, is_table=True),
                "Confirmed": Query(CONFIRMED, is_instant=True, is_table=True),
                "People": Query(
                    f"sum by (camera) ({counted(PEOPLE, 'camera, outcome')})", is_instant=True, is_table=True
                ),
                "Compliance": Query(
                    of_each(names.COMPLIANCE_CORRECTED), is_instant=True, is_table=True, may_be_empty=NOBODY_JUDGED
                ),
                "Coverage": Query(of_each(names.COVERAGE), is_instant=True, is_table=True),
            },
            key="camera",
            overrides=[
                Override("byName", "camera", {"links": [console_link(BY_COLUMN)]}),
                Override("byName", "Compliance", {"unit": "percentunit", "decimals": 1}),
                Override(
                    "byName",
                    "Coverage",
                    {
                        "unit": "percentunit",
                        "decimals": 1,
                        "custom.cellOptions": {"type": "color-text"},
                        **good_when(0.95, ENOUGH_COVERAGE),
                    },
                ),
            ],
        ),
        bar_gauge(
            "Areas",
            f"Violations of areas: cameras with overlapping views, none summed twice. {EXACT}",
            Query(
                counted(select(total(names.AREA_VIOLATIONS)), "area"),
                "{{area}}",
                is_instant=True,
                may_be_empty="no area is declared",
            ),
            defaults=merged(one_color(ORANGE), {"decimals": 0}),
        ),
    ],
)
