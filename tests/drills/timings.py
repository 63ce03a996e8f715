"""What drills took, shown at the end of a run: seconds are reported, not asserted to the second."""

from collections import defaultdict


class Timings:
    """Figures by drill and by what was measured."""

    def __init__(self) -> None:
        """None yet."""
        self._figures: dict[str, dict[str, float]] = defaultdict(dict)

    def note(self, drill: str, what: str, figure: float) -> None:
        """One figure."""
        self._figures[drill][what] = figure

    def lines(self) -> list[str]:
        """A line for each drill."""
        return [
            f"{drill:16} " + ", ".join(f"{what} {figure:.1f}" for what, figure in figures.items())
            for drill, figures in sorted(self._figures.items())
        ]
