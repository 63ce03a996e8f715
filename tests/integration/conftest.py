"""What a cut network took is shown at the end, as of drills, also where no drill runs."""

import pytest

from tests.drills import conftest as drills

timings = drills.timings


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show it, unless the drills do."""
    if not terminalreporter.config.pluginmanager.is_registered(drills):
        drills.pytest_terminal_summary(terminalreporter)
