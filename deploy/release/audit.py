"""Asks a database of known vulnerabilities about every locked package."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE_S = 600


@dataclass(frozen=True)
class Audit:
    """What became of it: how many packages the database knew, which are vulnerable, or why it could not be asked."""

    asked: int = 0
    unknown: int = 0
    vulnerable: Sequence[str] = ()
    trouble: str = ""

    @property
    def was_made(self) -> bool:
        """Whether the database knew any of the packages."""
        return self.asked > 0 and not self.trouble


def audit(lock: Path) -> Audit:
    """Look up the packages of a lock file, as they stand there."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    try:
        answer = subprocess.run(
            [*command, "--progress-spinner", "off", "--format", "json"],
            capture_output=True, text=True, check=False, timeout=_PATIENCE_S,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Audit(trouble=f"no answer within {_PATIENCE_S} s")
    try:
        return told(json.loads(answer.stdout)["dependencies"])
    except (ValueError, KeyError, TypeError):
        return Audit(trouble=(answer.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1])


def told(packages: Sequence[Mapping[str, Any]]) -> Audit:
    """What the packages of a report come to; those that the database does not know were not looked up."""
    known = [each for each in packages if "skip_reason" not in each]
    vulnerable = tuple(
        f"{each['name']} {each['version']}: {', '.join(sorted(vuln['id'] for vuln in each['vulns']))}"
        for each in known
        if each["vulns"]
    )
    return Audit(asked=len(known), unknown=len(packages) - len(known), vulnerable=vulnerable)
