"""Files that a command writes at its end, checked at its start."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from console.errors import BadInput

STDOUT = Path("-")

JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Write the result as JSON to this file; - is standard output.")
]


def check_writable(path: Path | None) -> None:
    """See that a file can be written, before the work is done whose result it gets.

    Raises:
        BadInput: it cannot.
    """
    if path is None or path == STDOUT:
        return
    is_new = not path.exists()
    try:
        with path.open("a"):
            pass
        if is_new:
            path.unlink()
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a value, readable for people too."""
    text = json.dumps(value, indent=2) + "\n"
    if path == STDOUT:
        sys.stdout.write(text)
    else:
        path.write_text(text)
