"""Placeholder."""


def detect() -> None:
    """Placeholder."""
