"""The detector in use, and the faces that it finds."""

from deploy.grafana.dashboard import Row
from deploy.grafana.looks import GREY, good_when, merged, one_color
from deploy.grafana.panels import bar_gauge, lines, name_of, stacked, stat
from deploy.grafana.promql import of_cameras, rate, total
from deploy.grafana.schema import Query
from shared import metric_names as names

NOT_MEASURED = "nothing was measured of this detector"

DETECTOR = Row(
    "Detector",
    [
        name_of(
            "In use",
            "By any worker.",
            Query(f"max by (detector) ({names.DETECTOR_INFO})", "{{detector}}", is_instant=True),
        ),
        bar_gauge(
            "Recall to expect",
            "Share of the faces with each label that it is to be expected to find, as measured before it was shipped.",
            Query(
                f"max by (detector, label) ({names.DETECTOR_RECALL})",
                "{{detector}} {{label}}",
                is_instant=True,
                may_be_empty=NOT_MEASURED,
            ),
            defaults=merged(good_when(0.9, 0.75), {"unit": "percentunit", "decimals": 0, "max": 1}),
            width=16,
        ),
        stat(
            "Bias to expect",
            "By how much compliance as it reports it is too high (too low below 0).",
            Query(
                f"max by (detector) ({names.DETECTOR_BIAS})",
                "{{detector}}",
                is_instant=True,
                may_be_empty=NOT_MEASURED,
            ),
            defaults=merged(one_color(GREY), {"unit": "percentunit", "decimals": 1}),
        ),
    ],
)

ROW = Row(
    "Faces",
    [
        stacked(
            "Faces found, per second",
            "By label, in every frame anew, so one person gives many.",
            Query(rate(of_cameras(total(names.FACES)), "label"), "{{label}}"),
        ),
        lines(
            "Faces refused, per second",
            "What the detector took for a face and the classifier did not. A rise without more people means that a "
            "camera sees something new that looks like a face.",
            Query(rate(total(names.FACES_REFUSED)), "refused"),
        ),
        bar_gauge(
            "Unsure faces for review",
            "In the range, by what became of them. Each process counts since its start, so this is Prometheus's "
            "increase(), which is extrapolated.",
            Query(
                f"sum by (outcome) (increase({total(names.REVIEW_FACES)}[$__range]))", "{{outcome}}", is_instant=True
            ),
            defaults=merged(one_color(GREY), {"decimals": 0}),
        ),
    ],
)
