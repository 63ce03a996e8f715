"""What one camera's threads tell the supervision: state, counts, rate; safe to use from any thread."""

import logging
import threading
from collections import Counter, deque
from datetime import UTC, datetime
from typing import NamedTuple

from shared.cameras import CameraState, CaptureStatus, PictureFault, StallReason
from shared.redaction import redact
from shared.streams import CaptureCountField

_log = logging.getLogger(__name__)

RATE_WINDOW_S = 5.0


class Glance(NamedTuple):
    """What is looked at all the time, to see whether more is to be told."""

    state: CameraState
    has_ended: bool
    is_quiet: bool  # no picture came lately, and nothing is to be counted


class CaptureBoard:
    """The state machine of one camera in one epoch: connecting, live, stalled, backing off, failed, stopped.

    A change of state is logged once, and not again while the camera only goes round in circles.
    """

    def __init__(self, status: CaptureStatus) -> None:
        """Begin with ``status``."""
        self._lock = threading.Lock()
        self._status = status.model_copy(update={"state_since": datetime.now(UTC)})
        self._counts = Counter({_state_field(status.state): 1})
        self._said: set[tuple[CameraState, str]] = set()
        self._silence_limit_s: float | None = None
        self._sound_at = 0.0
        self._last_fault: PictureFault | None = None  # since the last sound picture
        self._times: deque[float] = deque()

    @property
    def captured(self) -> int:
        """Frames of this epoch so far."""
        with self._lock:
            return self._status.captured

    @property
    def position(self) -> str:
        """How far a watched folder is published."""
        with self._lock:
            return self._status.position

    def set_state(self, state: CameraState, message: str = "") -> None:
        """The camera is in another state; the message is redacted here."""
        with self._lock:
            self._change(state, message)

    def live(self, now: float, silence_limit_s: float | None) -> None:
        """A sound picture came at ``now``, in monotonic seconds; silent for longer than the limit it has stalled."""
        with self._lock:
            self._sound_at, self._silence_limit_s, self._last_fault = now, silence_limit_s, None
            self._change(CameraState.LIVE, "")

    def stall(self, reason: StallReason, message: str) -> None:
        """What was live gives no new picture."""
        with self._lock:
            self._stall(reason, message)

    def fault(self, fault: PictureFault) -> None:
        """Something was wrong with a picture or a clock."""
        with self._lock:
            self._counts[f"{CaptureCountField.FAULT}:{fault}"] += 1
            self._last_fault = fault

    def count(self, sequence: int, at: datetime, now: float) -> None:
        """The frame with that number was captured at ``at``; ``now`` is in monotonic seconds."""
        with self._lock:
            self._times.append(now)
            # A pass that publishes frames again has not captured fewer for that.
            captured = max(self._status.captured, sequence + 1)
            self._update(captured=captured, last_frame_at=at)

    def advance(self, position: str) -> None:
        """A watched folder's pictures are published up to that position."""
        with self._lock:
            self._update(position=position)

    def end(self, state: CameraState, captured: int, message: str = "") -> None:
        """The source has no more frames; ``captured`` is how many there were."""
        with self._lock:
            self._change(state, message)
            self._update(captured=captured, has_ended=True)

    def status(self, now: float) -> CaptureStatus:
        """The status at ``now``, in monotonic seconds; a live camera that fell silent stalls here."""
        with self._lock:
            self._stall_if_silent(now)
            return self._status.model_copy(update={"frames_per_second": self._rate(now)})

    def frames_per_second(self, now: float) -> float:
        """How many frames came lately."""
        with self._lock:
            return self._rate(now)

    def glance(self, now: float) -> Glance:
        """What can be told at once, though it is asked of a thousand cameras ten times a second."""
        with self._lock:
            self._stall_if_silent(now)
            is_quiet = not self._times and not self._counts
            return Glance(self._status.state, self._status.has_ended, is_quiet)

    def take_counts(self) -> Counter[str]:
        """What befell the camera since the last call, by field of its capture counts."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
            return taken

    def give_back(self, counts: Counter[str]) -> None:
        """Those counts could not be written: they come with the next ones."""
        with self._lock:
            self._counts += counts

    def _rate(self, now: float) -> float:
        while self._times and now - self._times[0] > RATE_WINDOW_S:
            self._times.popleft()
        span_s = now - self._times[0] if self._times else 0.0
        # A rate of the first half second would be noise.
        return round(len(self._times) / max(span_s, 0.5), 2)

    def _stall_if_silent(self, now: float) -> None:
        if self._is_silent(now):
            what = f"sound picture (the last one is {self._last_fault})" if self._last_fault else "picture"
            self._stall(StallReason.SILENT, f"gives no {what}")

    def _is_silent(self, now: float) -> bool:
        if self._silence_limit_s is None or self._status.state is not CameraState.LIVE:
            return False
        return now - self._sound_at > self._silence_limit_s

    def _stall(self, reason: StallReason, message: str) -> None:
        if self._status.state is not CameraState.STALLED:
            self._counts[f"{CaptureCountField.STALL}:{reason}"] += 1
        self._change(CameraState.STALLED, message)

    def _change(self, state: CameraState, message: str) -> None:
        is_same = state is self._status.state
        if not is_same:
            self._counts[_state_field(state)] += 1
            self._update(state=state, message=redact(message), state_since=datetime.now(UTC))
        elif message:
            self._update(message=redact(message))
        self._say(state, self._status.message)

    def _say(self, state: CameraState, message: str) -> None:
        if (state, message) in self._said:
            return
        if state is CameraState.LIVE:
            self._said.clear()
        self._said.add((state, message))
        is_bad = state in {CameraState.STALLED, CameraState.BACKING_OFF, CameraState.FAILED}
        text = f"{state.replace('_', ' ')}: {message}" if message else state
        _log.log(logging.WARNING if is_bad else logging.INFO, "camera %s %s", self._status.camera, text)

    def _update(self, **changes: object) -> None:
        self._status = self._status.model_copy(update=changes)


def _state_field(state: CameraState) -> str:
    return f"{CaptureCountField.STATE}:{state}"
