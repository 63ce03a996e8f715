"""Processes of a benchmark end with it, however it ends."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local import tied


def tied_to_this(command: Sequence[str]) -> list[str]:
    """The command that runs another, whose first word is a path, until it ends or this process does (on Linux)."""
    return [sys.executable, "-I", "-S", str(Path(tied.__file__)), str(os.getpid()), *command]
