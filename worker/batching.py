"""How many frames are judged together, and how long is waited for them: learnt from what batches cost here."""

MOST_FRAMES = 64
FEWEST_FRAMES = 2
# What a batch costs whatever is in it may take this share of its time; a larger batch only makes frames late.
FIXED_SHARE = 0.05
MOST_SECONDS = 0.12  # of judging a batch, since all of it is as late as its last frame
FIRST_FRAMES = 8  # before anything is learnt
_MEMORY = 0.97  # how much of what was learnt is left behind the next batch
_RATE_MEMORY = 0.9
_LEAST_BATCHES = 5.0


class BatchPolicy:
    """Fits seconds = fixed + frames * a_frame to the batches of late, and says what follows from it."""

    def __init__(self, batch_frames: int, deadline_s: float) -> None:
        """``batch_frames`` is a limit for good, 0 one to be learnt; no frame waits for longer than ``deadline_s``."""
        self._given = batch_frames
        self._deadline_s = deadline_s
        self._weight = self._frames = self._seconds = self._frames_squared = self._frames_seconds = 0.0
        self._frames_per_second = 0.0

    @property
    def limit(self) -> int:
        """How many frames to take at most."""
        if self._given:
            return self._given
        if self._weight < _LEAST_BATCHES * (1 - _MEMORY):
            return FIRST_FRAMES
        fixed_s, frame_s = self._fit()
        worth = fixed_s / (FIXED_SHARE * frame_s)
        in_time = (MOST_SECONDS - fixed_s) / frame_s
        return round(max(FEWEST_FRAMES, min(worth, in_time, MOST_FRAMES)))

    @property
    def wait_s(self) -> float:
        """For how long to wait for more behind the first frame: not at all where none is to be expected."""
        return self._deadline_s if self._frames_per_second * self._deadline_s >= 1 else 0.0

    def judged(self, frames: int, seconds: float, since_last_s: float) -> None:
        """Learn from a batch: how long judging it took, and how long ago the batch before was read."""
        old, new = _MEMORY, 1 - _MEMORY
        self._weight = old * self._weight + new
        self._frames = old * self._frames + new * frames
        self._seconds = old * self._seconds + new * seconds
        self._frames_squared = old * self._frames_squared + new * frames**2
        self._frames_seconds = old * self._frames_seconds + new * frames * seconds
        rate = frames / max(since_last_s, 1e-3)
        self._frames_per_second = _RATE_MEMORY * self._frames_per_second + (1 - _RATE_MEMORY) * rate

    def _fit(self) -> tuple[float, float]:
        """Seconds of a batch whatever is in it, and seconds more for each frame."""
        frames, seconds = self._frames / self._weight, self._seconds / self._weight
        spread = self._frames_squared / self._weight - frames**2
        together = self._frames_seconds / self._weight - frames * seconds
        a_frame = seconds / frames
        # Of batches that are all alike nothing can be told apart; a batch never gets cheaper by another frame.
        slope = together / spread if spread > 0.05 * frames**2 else 0.8 * a_frame
        frame_s = min(max(slope, 0.2 * a_frame), a_frame)
        return seconds - frame_s * frames, max(frame_s, 1e-6)
