"""What one camera's thread tells the supervision: state, count, rate; safe to read from another thread."""

import threading
from collections import deque
from datetime import datetime

from shared.cameras import CameraState, CaptureStatus
from shared.redaction import redact

RATE_WINDOW_S = 5.0


class CaptureBoard:
    """The status of one camera in one epoch.

    ``stalled_after_s`` is for live cameras: silent for longer, they count as stalled.
    """

    def __init__(self, status: CaptureStatus, stalled_after_s: float | None = None) -> None:
        """Begin with ``status``."""
        self._lock = threading.Lock()
        self._status = status
        self._stalled_after_s = stalled_after_s
        self._silent_since: float | None = None
        self._times: deque[float] = deque()

    @property
    def captured(self) -> int:
        """Frames of this epoch so far."""
        with self._lock:
            return self._status.captured

    def set_state(self, state: CameraState, message: str = "") -> None:
        """The camera is in another state; the message is redacted here."""
        with self._lock:
            self._silent_since = None
            self._update(state=state, message=redact(message))

    def count(self, sequence: int, at: datetime, now: float) -> None:
        """The frame with that number was captured, at ``now`` in monotonic seconds."""
        with self._lock:
            self._times.append(now)
            self._silent_since = now
            # A pass that publishes frames again has not captured fewer for that.
            captured = max(self._status.captured, sequence + 1)
            self._update(captured=captured, last_frame_at=at, state=CameraState.LIVE, message="")

    def end(self, state: CameraState, captured: int, message: str = "") -> None:
        """The source has no more frames; ``captured`` is how many there were."""
        with self._lock:
            self._update(state=state, captured=captured, has_ended=True, message=redact(message))

    def status(self, now: float) -> CaptureStatus:
        """The status at ``now``, in monotonic seconds."""
        with self._lock:
            while self._times and now - self._times[0] > RATE_WINDOW_S:
                self._times.popleft()
            span_s = now - self._times[0] if self._times else 0.0
            # A rate of the first half second would be noise.
            rate = len(self._times) / max(span_s, 0.5)
            state = CameraState.STALLED if self._is_stalled(now) else self._status.state
            return self._status.model_copy(update={"frames_per_second": round(rate, 2), "state": state})

    def _is_stalled(self, now: float) -> bool:
        if self._stalled_after_s is None or self._silent_since is None or self._status.state is not CameraState.LIVE:
            return False
        return now - self._silent_since > self._stalled_after_s

    def _update(self, **changes: object) -> None:
        self._status = self._status.model_copy(update=changes)
