"""How long frames take, altogether and in each stage."""

from deploy.grafana.dashboard import Row
from deploy.grafana.looks import bad_when
from deploy.grafana.panels import lines
from deploy.grafana.promql import age, quantile, rate, select, total
from deploy.grafana.schema import Query
from shared import metric_names as names

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}

LATENCY = Row(
    "Latency",
    [
        lines(
            "From capture to judgement",
            "Of live cameras. worker: until the faces are classified; events: until it is counted. Frames that were "
            "held back do not count.",
            *(
                Query(quantile(share, names.END_TO_END_LATENCY, "role"), f"{name} {{{{role}}}}")
                for name, share in QUANTILES.items()
            ),
            unit="s",
            defaults=bad_when(5, 2),
            width=12,
        ),
        lines(
            "Capture delay",
            "From a live picture's arrival to its entry in the stream.",
            *(Query(quantile(share, names.CAPTURE_DELAY), name) for name, share in QUANTILES.items()),
            unit="s",
            width=12,
        ),
    ],
)


def _items(direction: str) -> Query:
    items = select(total(names.STAGE_ITEMS), f'direction="{direction}"')
    return Query(rate(items, "role, stage"), "{{role}} {{stage}}")


STAGES = Row(
    "Stages",
    [
        lines(
            "Into each stage, per second",
            "A stage that gets less than the one before lets something wait or drop.",
            _items("in"),
        ),
        lines(
            "Out of each stage, per second",
            "Less than in: items fail there.",
            _items("out"),
        ),
        lines(
            "In progress",
            "Items inside a stage at the moment of the scrape.",
            Query(f"sum by (role, stage) ({names.STAGE_IN_PROGRESS})", "{{role}} {{stage}}"),
        ),
        lines(
            "Time in each stage, p95",
            "Of a batch in the worker's stages and in judge, of a picture in the producer's; capture includes the wait "
            "for the picture.",
            Query(quantile(0.95, names.STAGE_DURATION, "role, stage"), "{{role}} {{stage}}"),
            unit="s",
            width=12,
        ),
        lines(
            "Since the stage last ended an item",
            "What is stuck stands out. A stage that never ended one is not shown.",
            Query(age(names.STAGE_LAST, "role, stage"), "{{role}} {{stage}}"),
            unit="s",
            width=12,
        ),
    ],
)
