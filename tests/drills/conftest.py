"""Drills show what they took."""

from typing import cast

import pytest

from tests.drills.timings import PROPERTY, Timings


@pytest.fixture
def timings(request: pytest.FixtureRequest) -> Timings:
    """Where a drill notes what it took; shown at the end of the run."""
    return Timings(cast("pytest.Item", request.node))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the drills took, in seconds or as it says."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [text for report in reports for name, text in report.user_properties if name == PROPERTY]
    if lines:
        terminalreporter.section("drills, in seconds")
        for line in sorted(lines):
            terminalreporter.write_line(line)
