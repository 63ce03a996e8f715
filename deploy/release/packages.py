"""Wheel and source distribution, the same bytes from the same commit."""

import gzip
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from deploy.release.source import Source

# The build backend of pyproject.toml, called as an installer would call it; it takes its time from the environment.
_BUILD = """
import sys
from setuptools import build_meta
folder = sys.argv[1]  # a build changes the arguments
build_meta.build_sdist(folder)
build_meta.build_wheel(folder)
"""


class BuildFailed(Exception):
    """The packages cannot be built; the message has the backend's last line."""


def build(source: Source, into: Path) -> list[Path]:
    """Build both into a folder; returns the files.

    Raises:
        BuildFailed: see there.
    """
    env = os.environ | {"SOURCE_DATE_EPOCH": str(source.instant), "PYTHONHASHSEED": "0"}
    os.umask(0o022)  # modes of files end up in both
    answer = subprocess.run(
        [sys.executable, "-c", _BUILD, str(into)],
        cwd=source.folder, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode:
        raise BuildFailed(f"setuptools: {answer.stderr.strip().splitlines()[-1]}")
    sdist, wheel = into / f"maskwatch-{source.version}.tar.gz", into / f"maskwatch-{source.version}-py3-none-any.whl"
    _set_time(sdist, source.instant)
    return [sdist, wheel]


def _set_time(sdist: Path, instant: int) -> None:
    """Write the archive anew without what differs from one build to the next: times, owners, order."""
    plain = io.BytesIO()
    with tarfile.open(sdist) as old, tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as new:
        for member in sorted(old.getmembers(), key=lambda each: each.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = instant, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() else 0o644
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    sdist.write_bytes(gzip.compress(plain.getvalue(), mtime=instant))
