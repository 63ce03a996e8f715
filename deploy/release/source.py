"""The source of a release: what is committed, and nothing that lies beside it."""

import os
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path


class NoSource(Exception):
    """Nothing can be released from here; the message says why."""


@dataclass(frozen=True)
class Source:
    """A copy of the committed tree; ``instant`` (seconds since 1970) stands in for the time of everything made."""

    folder: Path
    version: str
    commit: str
    instant: int
    left_out: int  # changed or new files that are not committed


def committed(root: Path, into: Path) -> Source:
    """Copy the committed tree of a checkout into an empty folder.

    SOURCE_DATE_EPOCH goes before the time of the commit, as other build tools have it.

    Raises:
        NoSource: it is no git checkout.
    """
    archive = into.parent / f"{into.name}.tar"
    _git(root, "archive", "--format", "tar", "--output", str(archive), "HEAD")
    shutil.unpack_archive(archive, into, filter="data")
    archive.unlink()
    project = tomllib.loads((into / "pyproject.toml").read_text())["project"]
    return Source(
        folder=into,
        version=project["version"],
        commit=_git(root, "rev-parse", "HEAD"),
        instant=int(os.environ.get("SOURCE_DATE_EPOCH") or _git(root, "show", "--no-patch", "--format=%ct", "HEAD")),
        left_out=len(_git(root, "status", "--porcelain", "--untracked-files=all").splitlines()),
    )


def _git(root: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise NoSource("git is not installed")
    answer = subprocess.run([git, "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise NoSource(f"{root} is no git checkout with a commit: {answer.stderr.strip()}")
    return answer.stdout.strip()
