"""What Chromium complains of where a test provoked it, and faults that can be seen in any page."""

import re
from pathlib import Path

# Controls and pictures without a name, and texts with less contrast than 4.5 to what is behind them.
FAULTS = Path(__file__).with_name("page_faults.js").read_text()


def take_out(complaints: list[str], code: str) -> None:
    """Chromium complains of each answer that is an error; those with this code were meant."""
    assert complaints
    assert all(re.search(rf"\b{code}\b", each) for each in complaints)
    complaints.clear()
