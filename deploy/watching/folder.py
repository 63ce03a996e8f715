"""Where what watches a system keeps its configuration and its past."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import folder_lock
from deploy.folder_lock import FolderHeld


class WatchingRuns(Exception):
    """Somebody else watches with this folder: use that, or stop it."""


class WatchingFolderUnusable(Exception):
    """The folder cannot be made or written: choose another data folder."""


@dataclass(frozen=True)
class WatchingFolder:
    """The places in it."""

    root: Path

    @property
    def prometheus_config(self) -> Path:
        """Written anew at each start."""
        return self.root / "prometheus.yml"

    @property
    def rules(self) -> Path:
        """Written anew at each start."""
        return self.root / "alerts.yml"

    @property
    def alertmanager_config(self) -> Path:
        """Written once, and the operator's from then on: here stands who hears of alerts."""
        return self.root / "alertmanager.yml"

    @property
    def prometheus_data(self) -> Path:
        """All metrics of the past weeks."""
        return self.root / "prometheus"

    @property
    def alertmanager_data(self) -> Path:
        """Silences, and who was told of what."""
        return self.root / "alertmanager"

    @property
    def grafana_data(self) -> Path:
        """Grafana's own database."""
        return self.root / "grafana"

    @property
    def logs(self) -> Path:
        """One log a process."""
        return self.root / "logs"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder this process's own for a while; the kernel frees it however the process ends.

        Raises:
            WatchingRuns: somebody else has it.
            WatchingFolderUnusable: it cannot be made or written.
        """
        try:
            lock = folder_lock.take(self.root)
        except FolderHeld:
            raise WatchingRuns(f"another `maskwatch watch` runs on {self.root}") from None
        except OSError as error:
            raise WatchingFolderUnusable(f"the folder {self.root} cannot be used: {error.strerror}") from error
        with lock:
            yield
