"""Progress bars of long commands: on standard error, and only where somebody watches."""

from rich.console import Console
from rich.progress import Progress


def progress_bars(*, auto_refresh: bool = True) -> Progress:
    """Bars on a terminal, nothing in pipes and logs; a context manager.

    Without ``auto_refresh`` no thread draws them: only those updates that ask for it are shown.
    """
    console = Console(stderr=True)
    return Progress(console=console, auto_refresh=auto_refresh, disable=not console.is_terminal)
