"""What operators are told of a detector comes from one table."""

from typing import get_args

import pytest
from prometheus_client import CollectorRegistry

from shared.settings import DetectorName
from worker.detector_figures import ABOUT_RIGHT, DEFAULT, FIGURES, bias_line, warning
from worker.metrics import WorkerMetrics


def test_every_detector_that_can_be_set_has_figures() -> None:
    assert set(FIGURES) == set(get_args(DetectorName))


@pytest.mark.parametrize("detector", FIGURES)
def test_the_line_holds_what_the_table_holds(detector: str) -> None:
    line, expected = bias_line(detector), FIGURES[detector]
    assert "\n" not in line
    for share in (expected.masked_found, expected.bare_found, expected.reported_compliance):
        assert f"{share:.0%}" in line
    assert ("too low" in line) == (expected.compliance_bias <= -ABOUT_RIGHT)
    assert ("about right" in line) == (abs(expected.compliance_bias) < ABOUT_RIGHT)


def test_only_another_detector_than_the_default_is_warned_of() -> None:
    assert warning(DEFAULT) == ""
    assert warning("") == ""  # a process that has none
    assert all(warning(name).startswith(bias_line(name)) for name in FIGURES if name != DEFAULT)


@pytest.mark.parametrize("detector", FIGURES)
def test_dashboards_get_the_same_figures(detector: str) -> None:
    registry = CollectorRegistry()
    WorkerMetrics(registry).detects_with(detector)
    labels = {"detector": detector}
    expected = FIGURES[detector]
    found = {
        label: registry.get_sample_value("maskwatch_detector_expected_recall_ratio", labels | {"label": label})
        for label in ("with_mask", "without_mask")
    }
    assert registry.get_sample_value("maskwatch_detector_info", labels) == 1
    assert found == {"with_mask": expected.masked_found, "without_mask": expected.bare_found}
    bias = registry.get_sample_value("maskwatch_detector_expected_compliance_bias_ratio", labels)
    assert bias == expected.compliance_bias
