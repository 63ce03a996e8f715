"""What was judged of a camera since its last commit. No clock and no input or output."""

from collections import Counter
from dataclasses import dataclass, field

from shared.messages import FrameResult
from worker.events.verdict import Verdict

MOST_HELD_S = 1.0  # so long counts alone are gathered: what is uncommitted is judged again by a successor


@dataclass
class Uncommitted:
    """A verdict over frames, by which worker they were judged, and how soon it is to be committed."""

    verdict: Verdict = field(default_factory=Verdict)
    workers: Counter[str] = field(default_factory=Counter)  # worker id -> frames
    since: float | None = None  # monotonic seconds
    _is_waited_for: bool = False

    def add(self, result: FrameResult) -> None:
        """A frame was judged. The producer of a file waits for its frames' commits."""
        self.workers[result.worker] += 1
        self._is_waited_for |= result.on_overload == "wait"

    def note(self, now: float) -> None:
        """All that was added so far is there since ``now`` at the latest."""
        if self.workers and self.since is None:
            self.since = now

    def is_due(self, now: float) -> bool:
        """Whether it is to be committed: at once, or where it is nothing but a live camera's counts after a while."""
        if self.since is None:
            return False
        return self._is_waited_for or now - self.since >= MOST_HELD_S or self.verdict.is_news
