"""A text that a person changes in an editor of their own."""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from console.errors import BadInput, CommandFailed

_T = TypeVar("_T")


def edited(text: str, name: str, parse: Callable[[str], _T], asks_again: Callable[[str], bool]) -> _T | None:
    """What ``parse`` makes of the text after it was edited; ``None`` if nothing was changed, or it was given up.

    What ``parse`` refuses is told to ``asks_again``, which says whether to edit once more.

    Raises:
        CommandFailed: there is no editor, or it fails.
    """
    command = _editor()
    with tempfile.TemporaryDirectory(prefix="maskwatch-") as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        while True:
            _run(command, file)
            changed = file.read_text(encoding="utf-8")
            if changed == text:
                return None
            try:
                return parse(changed)
            except BadInput as error:
                if not asks_again(str(error)):
                    return None


def _editor() -> list[str]:
    for variable in ("VISUAL", "EDITOR"):
        if os.environ.get(variable, "").strip():
            return shlex.split(os.environ[variable])
    for name in ("vi", "nano"):
        if shutil.which(name):
            return [name]
    raise CommandFailed("there is no editor: name one in the variable EDITOR, or give --zone and --exclude")


def _run(command: list[str], file: Path) -> None:
    try:
        done = subprocess.run([*command, str(file)], check=False)
    except OSError as error:
        raise CommandFailed(f"the editor {command[0]} does not start: {error.strerror}") from error
    if done.returncode != 0:
        raise CommandFailed(f"the editor {command[0]} ended with exit code {done.returncode}: nothing is changed")
