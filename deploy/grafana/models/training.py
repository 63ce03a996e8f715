"""Trainings: those that wait, the one that runs, and what they came to."""

from dataclasses import replace

from deploy.grafana.counting import counted
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, GREEN, ORANGE, bad_when, merged, one_color, steps, words
from deploy.grafana.panels import bar_gauge, lines, stat
from deploy.grafana.promql import total
from deploy.grafana.schema import Panel, Query
from deploy.grafana.variables import NEEDS_TRAINING
from shared import metric_names as names

NONE_RUNS = "no training ran within the range"

_periods = f"(time() - max({names.TRAINING_LAST_SUCCESS})) / max({names.TRAINING_PERIOD})"


def _moment(title: str, description: str, timestamp: str) -> Panel:
    query = Query(f"max({timestamp}) * 1000", is_instant=True, may_be_empty=NEEDS_TRAINING)
    return stat(title, description, query, defaults=merged(one_color(BLUE), {"unit": "dateTimeFromNow"}))


def _running(title: str, description: str, metric: str, unit: str = "short") -> Panel:
    query = Query(f"max({metric})", title.lower(), may_be_empty=NONE_RUNS)
    return replace(lines(title, description, query, unit=unit), height=7)


ROW = Row(
    "Training",
    [
        stat(
            "Now",
            "Whether a training runs.",
            Query(f"max({names.TRAINING_IN_PROGRESS})", is_instant=True),
            defaults=merged(steps((None, BLUE)), words({0: ("none runs", BLUE), 1: ("runs", GREEN)})),
        ),
        stat(
            "Waiting",
            "Trainings that wait for their turn.",
            Query(f"max({names.TRAINING_QUEUED})", is_instant=True),
            defaults=merged(bad_when(10, 3), {"decimals": 0}),
        ),
        stat(
            "Last one took",
            "The last finished training.",
            Query(f"max({names.TRAINING_LAST_DURATION})", is_instant=True, may_be_empty=NEEDS_TRAINING),
            defaults=merged(one_color(BLUE), {"unit": "s", "decimals": 0}),
        ),
        _moment("Last success", "When a training last published a version.", names.TRAINING_LAST_SUCCESS),
        _moment("Last failure", "When one last failed or was refused.", names.TRAINING_LAST_FAILURE),
        stat(
            "Periods since the last success",
            "Of the schedule. From two on something is wrong.",
            Query(_periods, is_instant=True, may_be_empty="there is no schedule, or nothing was trained yet"),
            defaults=merged(bad_when(2, 1.2), {"decimals": 1}),
        ),
        stat(
            "Scheduled every",
            "Time between two scheduled trainings; nothing without a schedule.",
            Query(f"max({names.TRAINING_PERIOD})", is_instant=True, may_be_empty="there is no schedule"),
            defaults=merged(one_color(BLUE), {"unit": "s"}),
        ),
        bar_gauge(
            "Trainings of the range by outcome",
            "refused: the input cannot be trained. Exact.",
            Query(counted(total(names.TRAINING_JOBS), "outcome"), "{{outcome}}", is_instant=True),
            defaults=merged(one_color(ORANGE), {"decimals": 0}),
            width=20,
        ),
        _running(
            "Progress", "Of the training that runs, by what steps usually take.", names.TRAINING_PROGRESS, "percentunit"
        ),
        _running("Epoch", "Of the training that runs.", names.TRAINING_EPOCH),
        _running("Loss", "The newest of the training that runs.", names.TRAINING_LOSS),
    ],
)
