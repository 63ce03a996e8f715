"""The folder where a system on one machine keeps what it must not forget, and says that it runs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, ValidationError

from deploy import folder_lock
from deploy.folder_lock import FolderHeld
from shared.logins import key_file_in


class DataFolderInUse(Exception):
    """Another system runs on this folder: use it, stop it, or choose another folder."""


class DataFolderUnusable(Exception):
    """The folder cannot be made or written: choose another."""


class NothingRuns(Exception):
    """No system runs on this folder: start one, or name the right folder."""


class RunInfo(BaseModel):
    """How to reach the system that runs on a data folder; the content of ``run.json``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    process_started: str  # as the kernel counts it: tells this process from a later one with its pid
    frames_redis: str
    state_redis: str
    shards: int
    console_url: str
    registry: str  # a folder or an fsspec URL
    snapshots: str = ""  # the same; empty keeps no pictures


@dataclass(frozen=True)
class DataFolder:
    """The places in a data folder."""

    root: Path

    @property
    def state(self) -> Path:
        """What the embedded state server keeps."""
        return self.root / "state"

    @property
    def logs(self) -> Path:
        """One log a process."""
        return self.root / "logs"

    @property
    def models(self) -> Path:
        """The model registry."""
        return self.root / "models"

    @property
    def yunet_weights(self) -> Path:
        """Where `maskwatch detector fetch` puts the weights of the detector yunet."""
        return self.root / "detectors" / "yunet.onnx"

    @property
    def review(self) -> Path:
        """Faces that a person should look at."""
        return self.root / "review"

    @property
    def reports(self) -> Path:
        """Where trainings leave their reports with pictures."""
        return self.root / "reports"

    @property
    def snapshots(self) -> Path:
        """Pictures of violations."""
        return self.root / "snapshots"

    @property
    def camera_key(self) -> Path:
        """The key that opens the logins of cameras, unless a setting names another place."""
        return key_file_in(self.root)

    @property
    def console_token(self) -> Path:
        """What signs in to the page, where others than this machine can come and no setting says another."""
        return self.root / "console.token"

    @property
    def run_file(self) -> Path:
        """Where ``RunInfo`` stands while a system runs."""
        return self.root / "run.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder this process's own for a while; the kernel frees it however the process ends.

        Raises:
            DataFolderInUse: somebody else has it.
            DataFolderUnusable: it cannot be made or written.
        """
        try:
            lock = folder_lock.take(self.root, self.state, self.logs)
        except FolderHeld:
            raise DataFolderInUse(f"maskwatch runs already on {self.root}; see `maskwatch status`") from None
        except OSError as error:
            raise DataFolderUnusable(f"the data folder {self.root} cannot be used: {error.strerror}") from error
        with lock:
            yield

    def write_run(self, run: RunInfo) -> None:
        """Tell commands how to reach the system; readers see all of it or nothing."""
        with tempfile.NamedTemporaryFile("w", dir=self.root, prefix=".run-", delete=False) as staged:
            staged.write(run.model_dump_json(indent=2) + "\n")
        Path(staged.name).replace(self.run_file)

    def forget_run(self) -> None:
        """Say that nothing runs any more."""
        self.run_file.unlink(missing_ok=True)

    def running(self) -> RunInfo:
        """How to reach the system that runs on this folder.

        Raises:
            NothingRuns: none does; what a killed one left behind does not count.
        """
        run = self.last_run()
        if run is None or process_started(run.pid) != run.process_started:
            advice = "start it with `maskwatch up`, or name another with --data or --redis"
            raise NothingRuns(f"nothing runs on {self.root}; {advice}")
        return run

    def last_run(self) -> RunInfo | None:
        """What ``run.json`` says, be it only of a system that was killed."""
        try:
            return RunInfo.model_validate_json(self.run_file.read_bytes())
        except (OSError, ValidationError):
            return None


def default_data_folder() -> Path:
    """The user's own data folder."""
    return Path(platformdirs.user_data_dir("maskwatch", appauthor=False))


def process_started(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty when there is no such process."""
    try:
        # The name in parentheses may hold blanks; the 20th field after it is the start.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def this_process() -> tuple[int, str]:
    """The pid and start of the caller, for ``RunInfo``."""
    return os.getpid(), process_started(os.getpid())
