"""What each file of a release has to be, for `sha256sum --check`."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

NAME = "SHA256SUMS"


def write(files: Iterable[Path], into: Path) -> Path:
    """Write the checksums of files in a folder, sorted by name; returns the file."""
    lines = [f"{sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(files)]
    made = into / NAME
    made.write_text("".join(lines))
    return made
