"""Which code made a version."""

import hashlib
from pathlib import Path


def code_version() -> str:
    """A digest of this package's source, which is the same wherever it is installed."""
    root = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return f"trainer-{digest.hexdigest()[:12]}"
