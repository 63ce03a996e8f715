"""One child process: how it is started, told to stop and described."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import tied

MAX_LOG_BYTES = 10_000_000
FIRST_BACKOFF_S = 0.5
MAX_BACKOFF_S = 30.0
HEALTHY_AFTER_S = 60.0


@dataclass(frozen=True)
class ProcessSpec:
    """What to run. ``stop_rank`` orders the stop: lower ranks go first, equal ranks go together.

    ``env`` is added to the supervisor's own environment; ``grace_s`` is the time from SIGTERM to SIGKILL.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_rank: int = 0
    grace_s: float = 10.0


class Child:
    """A process of one spec, now or after its next restart. Instants are monotonic seconds."""

    def __init__(self, spec: ProcessSpec, logs: Path) -> None:
        """Prepare it; nothing runs yet."""
        self.spec = spec
        self.log = logs / f"{spec.name}.log"
        self.start_at: float | None = None  # when the next start is due
        self.kill_at: float | None = None  # when patience ends, once it was told to stop
        self._backoff_s = FIRST_BACKOFF_S
        self._started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, also of one that has just died; ``None`` before the first start."""
        return self._process.pid if self._process else None

    def start(self, now: float) -> None:
        """Run the command in a session of its own, so that Ctrl-C reaches only the supervisor."""
        command = [sys.executable, "-I", "-S", str(Path(tied.__file__)), str(os.getpid()), *self.spec.argv]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env={**os.environ, **self.spec.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started_at, self.start_at = now, None

    def is_running(self) -> bool:
        """Whether there is a process now."""
        return self._process is not None and self._process.poll() is None

    def plan_restart(self, now: float) -> float:
        """Set the next start; the seconds until then double from death to death until it stays healthy."""
        if now - self._started_at >= HEALTHY_AFTER_S:
            self._backoff_s = FIRST_BACKOFF_S
        wait_s = self._backoff_s
        self.start_at = now + wait_s
        self._backoff_s = min(2 * self._backoff_s, MAX_BACKOFF_S)
        return wait_s

    def terminate(self, now: float) -> None:
        """Ask it to stop; a second time changes nothing."""
        self.start_at = None
        if self.kill_at is None:
            self.kill_at = now + self.spec.grace_s
            self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it now."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def last_words(self) -> str:
        """How it ended, and the last line of its log as the likeliest reason."""
        code = self._process.poll() if self._process else None
        if code and code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        reason = last_line(self.log) if code else ""
        return f"ended with exit code {code}{f': {reason}' if reason else ''}"

    def bound_log(self) -> None:
        """Keep at most twice ``MAX_LOG_BYTES`` of log: the newest part, and the part before it."""
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            # The child goes on appending to the same file, so the old part is copied and the file emptied.
            older = self.log.with_suffix(".log.1")
            older.write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)


def last_line(log: Path) -> str:
    """The last line with text in a log, without its trailing blanks; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
