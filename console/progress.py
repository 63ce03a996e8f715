"""Progress bars of long commands: on standard error, and only where somebody watches."""

from rich.console import Console
from rich.progress import Progress


def progress_bars() -> Progress:
    """Bars on a terminal, nothing in pipes and logs; a context manager."""
    console = Console(stderr=True)
    return Progress(console=console, disable=not console.is_terminal)
