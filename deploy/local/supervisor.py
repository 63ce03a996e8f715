"""Keeps child processes running, restarts what dies, and stops all in order."""

import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

from deploy.local.child import Child, ProcessSpec

_LOG_CHECK_S = 10.0
_POLL_S = 0.02

Say = Callable[[str], None]  # tells the operator one line


class Supervisor:
    """The parent of all processes of a system on one machine.

    It has no thread of its own: ``tick`` does what is due and must be called several times a
    second, from the main thread like everything here (see ``deploy.local.tied``).
    """

    def __init__(self, logs: Path, say: Say, clock: Callable[[], float] = time.monotonic) -> None:
        """Supervise nothing yet; each child's output goes to ``logs``/<name>.log."""
        self._logs = logs
        self._say = say
        self._clock = clock
        self._children: dict[str, Child] = {}
        self._logs_checked_at = clock()
        self._rotate_logs()

    def _rotate_logs(self) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        for log in self._logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def add(self, spec: ProcessSpec) -> Child:
        """Start a process and keep it running."""
        child = self._children[spec.name] = Child(spec, self._logs)
        child.start(self._clock())
        return child

    def retire(self, name: str) -> None:
        """Ask a process to stop and restart it no more; ``tick`` sees it off."""
        self._children[name].terminate(self._clock())

    def names(self) -> list[str]:
        """The processes to keep running, in the order in which they were added."""
        return [name for name, child in self._children.items() if child.kill_at is None]

    def child(self, name: str) -> Child:
        """The process of a name; KeyError when there is none."""
        return self._children[name]

    def knows(self, name: str) -> bool:
        """Whether there is such a process, be it only on its way out."""
        return name in self._children

    def tick(self) -> None:
        """Restart what is due, note what died, see off what was told to stop."""
        now = self._clock()
        for name, child in list(self._children.items()):
            if child.kill_at is not None:
                self._see_off(name, child, now)
            elif child.start_at is not None and now >= child.start_at:
                child.start(now)
            elif child.start_at is None and not child.is_running():
                last_words = child.last_words()
                self._say(f"{name} {last_words}; starting it again in {child.plan_restart(now):g} s")
        if now - self._logs_checked_at >= _LOG_CHECK_S:
            self._logs_checked_at = now
            for child in self._children.values():
                child.bound_log()

    def _see_off(self, name: str, child: Child, now: float) -> None:
        if not child.is_running():
            del self._children[name]
        elif child.kill_at is not None and now >= child.kill_at:
            self._say(f"{name} did not stop within {child.spec.grace_s:g} s; killing it")
            child.kill()
            child.kill_at = now + child.spec.grace_s

    def stop(self, is_urgent: Callable[[], bool] = lambda: False) -> None:
        """Stop everything, rank by rank; once ``is_urgent`` says so, without waiting for anybody."""
        by_rank = sorted(self._children.values(), key=lambda child: child.spec.stop_rank)
        for _, rank in groupby(by_rank, key=lambda child: child.spec.stop_rank):
            names = [child.spec.name for child in rank]
            for name in names:
                self.retire(name)
            while any(name in self._children for name in names):
                if is_urgent():
                    self._kill(names)
                for name in names:
                    if name in self._children:
                        self._see_off(name, self._children[name], self._clock())
                time.sleep(_POLL_S)

    def _kill(self, names: list[str]) -> None:
        for name in names:
            if name in self._children:
                self._children[name].kill()
