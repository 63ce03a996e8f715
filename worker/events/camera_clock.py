"""The time of one camera's frames, as it passed: steps of its producer's clock taken out. No clock of its own."""

from dataclasses import dataclass
from datetime import timedelta

from shared.messages import FrameResult


@dataclass(kw_only=True, slots=True)
class CameraClock:
    """Turns what a producer's wall clock said into instants, in seconds, between which time really passed.

    Where the clock never stepped, these are seconds since the epoch. Otherwise ``stepped_s`` lies between.
    """

    stepped_s: float = 0.0  # by how much the wall clock was put forward, all in all
    last_at: float | None = None  # the last frame's instant

    def read(self, result: FrameResult) -> float:
        """The instant of the camera's next frame, whatever its outcome: never before that of the last one.

        A wall clock that went back without a word did so in a frame that was lost.
        """
        self.stepped_s += result.clock_step_s
        now = result.captured_at.timestamp() - self.stepped_s
        if self.last_at is not None and now < self.last_at:
            self.stepped_s -= self.last_at - now
            now = self.last_at
        self.last_at = now
        return now

    def wall(self, instant: float) -> float:
        """What the wall clock as it goes now would have said at an instant, in seconds since the epoch."""
        return instant + self.stepped_s


def time_between(before: FrameResult, after: FrameResult, most: timedelta) -> timedelta:
    """How much time passed between two results of a camera, ``after`` being the later in sequence.

    Frames missing between them may hide a step of the clock: across such a hole it is ``most`` at most.
    """
    passed = after.captured_at - before.captured_at - timedelta(seconds=after.clock_step_s)
    if after.sequence > before.sequence + 1:
        passed = min(passed, most)
    return max(timedelta(0), passed)
