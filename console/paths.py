"""Paths as people write them."""

from pathlib import Path

from console.errors import BadInput


def usable_path(path: str | Path, what: str) -> Path:
    """A path from the root of this machine's files.

    Raises:
        BadInput: none can be called so; ``what`` stands before the reason.
    """
    try:
        absolute = Path(path).expanduser().resolve()
        absolute.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise BadInput(f"{what}{str(path)[:100]} is no path: {getattr(error, 'strerror', None) or error}") from error
    return absolute
