"""What leaves the system: pictures of violations, webhooks, the page."""

from deploy.grafana.counting import counted_ahead
from deploy.grafana.dashboard import Row
from deploy.grafana.looks import BLUE, bad_when, merged, one_color
from deploy.grafana.panels import bar_gauge, bars, lines
from deploy.grafana.promql import rate, total
from deploy.grafana.schema import Query
from shared import metric_names as names

NO_WEBHOOK = "no webhook is declared"

ROW = Row(
    "What leaves the system",
    [
        bar_gauge(
            "Pictures of violations",
            "In the range, by what became of them. Each process counts since its start, so this is Prometheus's "
            "increase(), which is extrapolated.",
            Query(f"sum by (outcome) (increase({total(names.SNAPSHOTS)}[$__range]))", "{{outcome}}", is_instant=True),
            defaults=merged(one_color(BLUE), {"decimals": 0}),
        ),
        bars(
            "Webhooks: events by outcome, per hour",
            "retried counts tries that failed, everything else events. Exact.",
            Query(
                counted_ahead(total(names.WEBHOOK_DELIVERIES), "webhook, outcome"),
                "{{webhook}} {{outcome}}",
                may_be_empty=NO_WEBHOOK,
            ),
            width=8,
        ),
        lines(
            "Webhooks: events that wait",
            "Up to 1,000 each, for up to a day.",
            Query(f"max by (webhook) ({names.WEBHOOK_WAITING})", "{{webhook}}", may_be_empty=NO_WEBHOOK),
            defaults=bad_when(500, 50),
        ),
        lines(
            "Open pages with live pictures",
            "Viewers, of all consoles.",
            Query(f"sum({names.WEB_VIEWERS})", "viewers"),
        ),
        lines(
            "Live pictures sent, per second",
            "To all viewers.",
            Query(rate(total(names.WEB_PICTURES)), "pictures"),
        ),
        lines(
            "Requests to page and API, per second",
            "By answer. 401 and 403 are logins that failed.",
            Query(
                rate(total(names.WEB_REQUESTS), "method, code"),
                "{{method}} {{code}}",
                may_be_empty="nobody has opened the page yet",
            ),
        ),
    ],
)
