"""Pictures of known faces that go through all stages: whether the whole works, and tells what is so."""

from deploy.grafana.counting import counted_ahead
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, GREEN, RED, merged, one_color, steps, words
from deploy.grafana.panels import bars, lines, stat
from deploy.grafana.promql import age, total
from deploy.grafana.schema import Query
from shared import metric_names as names

OFF = "heartbeats are switched off, or none has come through yet"

ROW = Row(
    "Heartbeat",
    [
        stat(
            "Every",
            "Time between two pictures of known faces; 0 while they are switched off.",
            Query(f"max({names.HEARTBEAT_INTERVAL})", is_instant=True),
            defaults=merged(one_color(BLUE), {"unit": "s"}),
        ),
        stat(
            "Told rightly",
            "What was told of the last picture's faces, by the label that they have.",
            Query(f"min by (label) ({names.HEARTBEAT_RIGHT})", "{{label}}", is_instant=True, may_be_empty=OFF),
            defaults=merged(steps((None, RED), (1, GREEN)), words({0: ("wrong", RED), 1: ("right", GREEN)})),
            names=True,
        ),
        lines(
            "Since the last one",
            "Beside the time between two. A stage whose line leaves the others behind is where it is stuck.",
            Query(age(names.HEARTBEAT_TIMESTAMP, "stage"), "{{stage}}", may_be_empty=OFF),
            Query(f"max({names.HEARTBEAT_INTERVAL})", "between two"),
            unit="s",
        ),
        lines(
            "From its sending to its count",
            "What a frame takes through all stages, also while no camera is there.",
            Query(f"max({names.HEARTBEAT_DURATION})", "heartbeat", may_be_empty=OFF),
            unit="s",
        ),
        bars(
            "Heartbeats per hour",
            "right: both faces as they are; wrong: another label, or not found; lost: never came through. Exact.",
            Query(counted_ahead(total(names.HEARTBEATS), "outcome"), "{{outcome}}", may_be_empty=OFF),
            width=24,
        ),
    ],
)
