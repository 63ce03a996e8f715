"""A process as a container runs it: another user, no home, nothing writable but /tmp, no rights, variables alone."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UID = 10001

# Mounts are this process's own. The tests' Python and sources may be readable by root alone, as an image's are not.
# A tree that lies in /tmp is seen there beside what is written.
_SANDBOX = """
set -e
mount --make-rprivate /
mount --bind / /
test -z "$WRITABLE" || mount --bind "$WRITABLE" "$WRITABLE"
mount --options remount,bind,ro /
case "$1" in /tmp/*) mount --no-mtab --bind "$1" /mnt ;; esac
mount --types tmpfs --options mode=1777,size=512m tmpfs /tmp
case "$1" in /tmp/*)
    mkdir --parents "$1"
    mount --no-mtab --move /mnt "$1"
    mount --no-mtab --options remount,bind,ro "$1"
esac
cd "$1"
shift
exec setpriv --reuid "$1" --regid "$1" --clear-groups --no-new-privs --inh-caps=-all,+dac_read_search \\
    --bounding-set=-all,+dac_read_search --ambient-caps=+dac_read_search "${@:2}"
"""


def _can_contain() -> bool:
    if os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("setpriv")):
        return False
    return subprocess.run(contained(["true"]), capture_output=True, check=False).returncode == 0


def contained(command: Sequence[str]) -> list[str]:
    """What runs a command like that."""
    return ["unshare", "--mount", "bash", "-c", _SANDBOX, "contained", str(ROOT), str(UID), *command]


def start(
    command: Sequence[str], variables: Mapping[str, str], writable: Path | None = None
) -> "subprocess.Popen[str]":
    """A command in there, with these variables and no others; it may write to one folder of this machine."""
    given = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **variables}
    given["WRITABLE"] = str(writable or "")
    return subprocess.Popen(contained(command), env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


needs_containing = pytest.mark.skipif(not _can_contain(), reason="needs root, and leave to mount, as few machines give")
