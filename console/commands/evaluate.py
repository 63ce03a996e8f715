"""Placeholder."""


def evaluate() -> None:
    """Placeholder."""
