import re
import time
from collections.abc import Iterator

import pytest

from deploy.grafana.expressions import Expression, expressions
from shared import metric_names
from tests.deploy.grafana.documented import metrics
from tests.deploy.grafana.prometheus import running, shown
from tests.deploy.grafana.samples import open_metrics

NOW = int(time.time()) // 60 * 60
EXPRESSIONS = [
    pytest.param(each, id=f"{each.dashboard}: {each.panel}: {each.legend}")
    for each in expressions(window="1h", interval="5m", rate_interval="5m")
]
SERIES = {name: labels for metric in metrics() for name, labels in metric.series.items()}
PROMETHEUS_S_OWN = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
TARGET = {"job", "instance", "role"}
# Of a system in which everything happened, that which shows two sides of one thing.
NEVER_BOTH = {"{{camera}} (saw too little)"}

# Metrics on no dashboard, and why.
ON_NO_DASHBOARD: dict[str, str] = {}


def metrics_in(expr: str) -> set[str]:
    return set(re.findall(r"\b(?:maskwatch|process)_\w+|\bup\b", expr))


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(open_metrics(NOW), tmp_path_factory.mktemp("prometheus")) as url:
        yield url


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_gives_data_with_the_labels_that_its_legend_names(
    expression: Expression, prometheus: str
) -> None:
    found = shown(prometheus, expression, NOW + 30, window_s=3600, step_s=300)
    if expression.panel.startswith("annotation: ") or expression.legend in NEVER_BOTH:
        assert found == []
        return
    assert found
    for label in re.findall(r"{{(\w+)}}", expression.legend):
        assert all(label in sample["metric"] for sample in found)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_is_of_metrics_that_there_are(expression: Expression) -> None:
    assert metrics_in(expression.expr) <= SERIES.keys() | PROMETHEUS_S_OWN
    assert metrics_in(expression.expr)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_names_labels_that_its_metrics_have(expression: Expression) -> None:
    for name, matchers in re.findall(r"(\w+)\{([^}]*)\}", expression.expr):
        assert set(re.findall(r"(\w+)\s*[=!]", matchers)) <= {*SERIES[name], *TARGET}, name
    known = TARGET.union(*(SERIES.get(name, ()) for name in metrics_in(expression.expr)))
    for grouped in re.findall(r"(?:by|on|ignoring|without|group_left|group_right) \(([^)]*)\)", expression.expr):
        assert {label.strip() for label in grouped.split(",") if label.strip()} <= known, grouped


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_no_variable_and_no_macro_is_left(expression: Expression) -> None:
    assert "$" not in expression.expr


def test_every_metric_is_on_a_dashboard() -> None:
    shown = {name for expression in expressions() for name in metrics_in(expression.expr)}
    ours = {value for name, value in vars(metric_names).items() if name.isupper()}
    missing = {each.name for each in metrics() if not shown & each.series.keys()}
    assert missing == set(ON_NO_DASHBOARD)
    assert {each.name for each in metrics()} == ours


def test_what_may_be_empty_says_why() -> None:
    for expression in expressions():
        assert expression.may_be_empty is None or len(expression.may_be_empty.split()) >= 3
