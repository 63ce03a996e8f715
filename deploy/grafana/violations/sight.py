"""Compliance, and how much was seen at all."""

from dataclasses import replace

from deploy.grafana.counting import counted_ahead
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, ENOUGH_COVERAGE, GREY, good_when, merged, one_color
from deploy.grafana.panels import bars, lines
from deploy.grafana.promql import of_cameras, total
from deploy.grafana.schema import Override, Query
from deploy.grafana.violations.series import HOURLY, NOBODY_JUDGED, of_each
from shared import metric_names as names

_BAND = [
    Override(
        "byName",
        "upper end",
        {"custom.fillBelowTo": "lower end", "custom.fillOpacity": 20, "custom.lineWidth": 0, **one_color(BLUE)},
    ),
    Override("byName", "lower end", {"custom.lineWidth": 0, "custom.fillOpacity": 0, **one_color(BLUE)}),
    Override("byName", "corrected", {"custom.lineWidth": 2, "custom.fillOpacity": 0, **one_color(BLUE)}),
    Override("byName", "raw", {"custom.fillOpacity": 0, **one_color(GREY)}),
]

COMPLIANCE = Row(
    "Compliance of the last 24 hours",
    [
        replace(
            lines(
                "$camera",
                "Masked among judged people of the last 24 hours: raw, and corrected for what detector and model miss, "
                "with its 95% interval as a band. A wide band means that few people were judged.",
                *(
                    Query(of_each(metric), name, may_be_empty=NOBODY_JUDGED)
                    for metric, name in (
                        (names.COMPLIANCE_RAW, "raw"),
                        (names.COMPLIANCE_CORRECTED, "corrected"),
                        (names.COMPLIANCE_LOW, "lower end"),
                        (names.COMPLIANCE_HIGH, "upper end"),
                    )
                ),
                unit="percentunit",
                defaults={"max": 1},
                overrides=_BAND,
            ),
            repeats="camera",
        ),
    ],
)

SIGHT = Row(
    "What was seen at all",
    [
        lines(
            "Coverage",
            "Watched among watched and blind time of the last 24 hours. Below the line, counts say little.",
            Query(of_each(names.COVERAGE), "{{camera}}"),
            unit="percentunit",
            defaults=merged(good_when(0.95, ENOUGH_COVERAGE), {"max": 1}),
        ),
        bars(
            "Camera time watched and blind, per hour",
            "no_picture: the camera gave none; not_judged: frames were captured, and dropped, lost or dead-lettered. "
            f"Blind time counts in the hour in which it ended. {HOURLY}",
            Query(f"sum({counted_ahead(of_cameras(total(names.WATCHED_SECONDS)), 'camera')})", "watched"),
            Query(
                f"sum by (reason) ({counted_ahead(of_cameras(total(names.BLIND_SECONDS)), 'camera, reason')})",
                "{{reason}}",
            ),
            unit="s",
            width=16,
        ),
    ],
)
