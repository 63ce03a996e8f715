"""Drills share one record of what they took."""

import pytest

from tests.drills.timings import Timings

_TIMINGS = Timings()


@pytest.fixture(scope="session")
def timings() -> Timings:
    """Where drills note what they took; shown at the end of the run."""
    return _TIMINGS


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what the drills took, in seconds."""
    lines = _TIMINGS.lines()
    if lines:
        terminalreporter.section("drills, in seconds")
        for line in lines:
            terminalreporter.write_line(line)
