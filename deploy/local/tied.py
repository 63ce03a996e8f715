"""Runs a command that the kernel kills when its parent dies, however the parent died: no orphans ever.

    python tied.py PARENT_PID COMMAND [ARGUMENT...]

The command replaces this interpreter, so that the process id stays the one that the parent knows.
Linux only; elsewhere the command runs untied. The signal fires when the *thread* that started the
process ends, so the supervisor starts its children from its main thread.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Tie this process to its parent, then become the command."""
    if sys.platform == "linux":
        # SIGKILL, since a polite signal could be outlived; all that must last is in the state server's file.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the tie was made
        sys.exit(1)
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"cannot run {command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
