"""Which versions are served, and how good they are."""

from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, GREEN, RED, bad_when, good_when, merged, one_color, steps
from deploy.grafana.panels import bar_gauge, name_of, stacked, stat, table
from deploy.grafana.promql import select, total
from deploy.grafana.schema import Override, Query
from shared import metric_names as names

NO_PROMOTION = "no version is promoted"

_promoted = f"max by (version) ({names.MODEL_PROMOTED})"

ROW = Row(
    "Served",
    [
        name_of(
            "Promoted version",
            "What `maskwatch models promote` said last.",
            Query(_promoted, "{{version}}", is_instant=True, may_be_empty=NO_PROMOTION),
        ),
        stat(
            "Workers behind",
            "Workers that serve another version than the promoted one: they refused it, or have not loaded it yet.",
            Query(f"sum({names.MODEL_BEHIND})", is_instant=True),
            defaults=merged(steps((None, GREEN), (1, RED)), {"decimals": 0}),
        ),
        stat(
            "Versions",
            "In the registry.",
            Query(f"max({names.MODEL_VERSIONS})", is_instant=True),
            defaults=merged(one_color(BLUE), {"decimals": 0}),
        ),
        table(
            "Each worker",
            "The version that it serves, and since when.",
            {
                "": Query(f"max by (instance, version) ({names.MODEL_INFO})", is_instant=True, is_table=True),
                "Since": Query(
                    f"max by (instance) ({names.MODEL_RELOAD_TIMESTAMP}) * 1000", is_instant=True, is_table=True
                ),
                "Behind": Query(f"max by (instance) ({names.MODEL_BEHIND})", is_instant=True, is_table=True),
            },
            key="instance",
            overrides=[
                Override("byName", "Since", {"unit": "dateTimeAsLocal"}),
                Override("byName", "Behind", {"custom.cellOptions": {"type": "color-text"}, **bad_when(1)}),
            ],
            width=12,
        ),
        stacked(
            "Workers by version",
            "For how long an update takes until every worker serves the new version.",
            Query(f"count by (version) ({names.MODEL_INFO} == 1)", "version {{version}}"),
            width=12,
        ),
        bar_gauge(
            "Reloads",
            "Versions that workers tried in the range: loaded, or why one was refused; each try counts. Each process "
            "counts since its start, so this is Prometheus's increase(), which is extrapolated.",
            Query(
                f"sum by (outcome) (increase({total(names.MODEL_RELOADS)}[$__range]))", "{{outcome}}", is_instant=True
            ),
            defaults=merged(one_color(BLUE), {"decimals": 0}),
            width=12,
        ),
    ],
)

_chosen = select(names.MODEL_ACCURACY, 'part=~"$part"')

ACCURACY = Row(
    "Accuracy, as measured when the version was made",
    [
        bar_gauge(
            "Each version: $part",
            "The newest ten versions and the promoted one, on the part of the data that is chosen above. Parts of "
            "different versions may hold different faces.",
            Query(f"max by (version, part) ({_chosen})", "version {{version}}", is_instant=True),
            defaults=merged(good_when(0.97, 0.9), {"unit": "percentunit", "decimals": 1, "max": 1}),
            width=12,
        ),
        bar_gauge(
            "Promoted version, each part",
            "A part is a split (test, validation), a source of the data in it, or a size of faces.",
            Query(
                f"max by (version, part) ({names.MODEL_ACCURACY}) and on (version) {_promoted}",
                "{{part}}",
                is_instant=True,
                may_be_empty=NO_PROMOTION,
            ),
            defaults=merged(good_when(0.97, 0.9), {"unit": "percentunit", "decimals": 1, "max": 1}),
            width=12,
        ),
    ],
)
