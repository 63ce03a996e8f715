"""What the processes of a system complained about in their logs."""

import re
from collections import Counter
from pathlib import Path

_COMPLAINT = re.compile(r"^\S+ (?:WARNING|ERROR|CRITICAL) +(.*)$|^(\w*(?:Error|Exception)\b.*)$")
_MOST = 50  # kinds
_LONGEST = 200


def complaints(logs: Path) -> dict[str, int]:
    """How often which warning, error or exception was logged, the most frequent first; numbers stand as #."""
    found = Counter[str]()
    for log in sorted(logs.glob("*.log")):
        for line in log.read_text(errors="replace").splitlines():
            if match := _COMPLAINT.match(line):
                found[f"{log.stem}: {_kind(match[1] or match[2])}"] += 1
    return dict(found.most_common(_MOST))


def _kind(message: str) -> str:
    return re.sub(r"\d+(?:\.\d+)?", "#", message)[:_LONGEST]
