"""A terminal of its own for a command that asks."""

import os
import pty
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def in_a_terminal(
    command: Sequence[str], folder: Path, answers: Sequence[tuple[str, str]], env: Mapping[str, str] | None = None
) -> str:
    """All that a command shows; when it shows the first part of an answer, the second part is typed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*_AS_ITS_CONTROLLING_TERMINAL, *command],
        cwd=folder,
        env={**os.environ, "TERM": "dumb", **(env or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    waiting = list(answers)
    while chunk := _read(ours):
        shown += chunk
        if waiting and shown.decode(errors="replace").endswith(waiting[0][0]):
            os.write(ours, waiting.pop(0)[1].encode())
    os.close(ours)
    assert process.wait(20) == 0, shown
    return shown.decode()


# Passwords are asked for at /dev/tty, which is the terminal of the session, whatever standard input is.
_AS_ITS_CONTROLLING_TERMINAL = ("setsid", "--ctty", "--wait")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""
