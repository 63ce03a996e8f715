"""What a release and each of its images are made of, as CycloneDX says it (SBOM)."""

import subprocess
import sys
from pathlib import Path

from deploy.release.source import Source

_IMAGES = Path("deploy") / "images" / "requirements"


class InventoryFailed(Exception):
    """A list cannot be made; the message says why."""


def inventories(source: Source, into: Path) -> list[Path]:
    """Write one list of all that is locked, and one of what each image installs; returns the files.

    Raises:
        InventoryFailed: a lock file cannot be read.
    """
    everything = {"": Path("requirements.txt")}
    roles = {f"-{file.stem}": _IMAGES / f"{file.stem}.txt" for file in sorted((source.folder / _IMAGES).glob("*.in"))}
    return [_inventory(source, lock, into, name) for name, lock in (everything | roles).items() if name != "-build"]


def _inventory(source: Source, lock: Path, into: Path, name: str) -> Path:
    made = into / f"maskwatch{name}-{source.version}.cdx.json"
    command = [
        sys.executable, "-m", "cyclonedx_py", "requirements", str(lock), "--pyproject", "pyproject.toml",
        "--output-reproducible", "--no-validate", "--output-format", "JSON", "--output-file", str(made),
    ]  # fmt: skip
    answer = subprocess.run(command, cwd=source.folder, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise InventoryFailed(f"{lock}: {answer.stderr.strip().splitlines()[-1]}")
    return made
