"""What drills took, shown at the end of a run: seconds are reported, not asserted to the second."""

import pytest

PROPERTY = "drill"


class Timings:
    """The figures of one test; they travel with its report, from whichever process it ran in."""

    def __init__(self, node: pytest.Item) -> None:
        """None yet."""
        self._node = node

    def note(self, drill: str, what: str, figure: float) -> None:
        """One figure."""
        self._node.user_properties.append((PROPERTY, f"{drill:19} {what} {figure:.1f}"))
