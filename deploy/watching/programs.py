"""The programs that watch, from this machine's packages."""

import shutil
from dataclasses import dataclass
from pathlib import Path

INSTALL = "apt-get install prometheus prometheus-alertmanager"
_USUAL_HOME = Path("/usr/share/grafana")


class ProgramMissing(Exception):
    """Something has to be installed; the message says what."""


@dataclass(frozen=True)
class Grafana:
    """How its server is started, and the folder with its pages."""

    command: tuple[str, ...]
    home: Path


@dataclass(frozen=True)
class Programs:
    """Where they are; Grafana may be missing."""

    prometheus: str
    alertmanager: str
    grafana: Grafana | None


def find_programs(path: str | None = None) -> Programs:
    """Look for them on ``path``, by default that of this process.

    Raises:
        ProgramMissing: Prometheus or Alertmanager is not there.
    """
    prometheus = shutil.which("prometheus", path=path)
    # Debian calls it otherwise than its makers do.
    alertmanager = shutil.which("prometheus-alertmanager", path=path) or shutil.which("alertmanager", path=path)
    if prometheus is None or alertmanager is None:
        missing = " and ".join(
            name for name, found in (("Prometheus", prometheus), ("Alertmanager", alertmanager)) if found is None
        )
        raise ProgramMissing(f"{missing} not found (Debian: {INSTALL}); deploy/compose has them as containers")
    return Programs(prometheus, alertmanager, _grafana(path))


def _grafana(path: str | None) -> Grafana | None:
    # Older releases have a program for the server alone, newer ones one for everything.
    programs = ((shutil.which("grafana", path=path), "server"), (shutil.which("grafana-server", path=path),))
    command = next((tuple(filter(None, each)) for each in programs if each[0]), None)
    if command is None:
        return None
    unpacked = Path(command[0]).resolve().parents[1]
    return Grafana(command, unpacked if (unpacked / "conf").is_dir() else _USUAL_HOME)
