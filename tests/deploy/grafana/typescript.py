"""Grafana's published types, and a compiler that checks dashboards against them."""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

TYPES = Path(__file__).parent / "types"
CACHE = Path(__file__).parents[3] / ".grafana_cache"


def install() -> Path:
    """A folder with types and compiler as locked; installed once, and again when the lock changes.

    Skips where there is no npm, or nothing that it could install from.
    """
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    lock = hashlib.sha256((TYPES / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = CACHE / lock
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not folder.exists():
            _install(folder)
    return folder


def _install(folder: Path) -> None:
    """Whole or not at all: made beside its place and then renamed."""
    made = Path(tempfile.mkdtemp(dir=CACHE))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(TYPES / name, made)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        ran = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        shutil.rmtree(made)
        pytest.skip("npm does not get Grafana's types within 90 s")
    if ran.returncode != 0:
        shutil.rmtree(made)
        pytest.skip(f"npm cannot install Grafana's types: {ran.stderr.strip()[-300:]}")
    made.rename(folder)


def errors_in(dashboards: Mapping[str, str], installed: Path, folder: Path) -> dict[str, list[str]]:
    """What the compiler has to say of dashboards, each a name of letters and its JSON; it takes all at once."""
    for name in ("tsconfig.json", "dashboard.ts"):
        shutil.copy(TYPES / name, folder)
    (folder / "node_modules").symlink_to(installed / "node_modules")
    for name, text in dashboards.items():
        # As a literal, so that fields which no type has are errors too.
        (folder / f"{name}.check.ts").write_text(
            "import type { MaskwatchDashboard } from './dashboard';\n"
            f"export const dashboard: MaskwatchDashboard = {text};\n"
        )
    command = [str(installed / "node_modules" / ".bin" / "tsc"), "--project", ".", "--pretty", "false"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)
    found: dict[str, list[str]] = {name: [] for name in dashboards}
    for line in (ran.stdout + ran.stderr).splitlines():
        name, is_of_a_dashboard, error = line.partition(".check.ts")
        if is_of_a_dashboard:
            found[name].append(error)
        elif not line.startswith(" "):
            raise AssertionError(line)
    return found
