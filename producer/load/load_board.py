"""What one producer's cameras and its load watch tell each other; safe to use from any thread."""

import threading

from producer.load.relief import Relief


class LoadBoard:
    """How much gives way, and how late senders are with the pictures that they send."""

    def __init__(self) -> None:
        """Nothing gives way."""
        self._relief = Relief()
        self._lock = threading.Lock()
        self._delays = 0
        self._delayed_s = 0.0

    @property
    def relief(self) -> Relief:
        """What gives way now."""
        return self._relief

    def give_way(self, relief: Relief) -> None:
        """Let so much give way from now on."""
        self._relief = relief  # replaced whole, so that reading it takes no lock

    def note_delay(self, seconds: float) -> None:
        """A picture was dealt with so long after it was due."""
        with self._lock:
            self._delays += 1
            self._delayed_s += seconds

    def take_delay(self) -> float:
        """How late pictures were on average since the last call, in seconds; 0 where there were none.

        On average, since one camera that hangs is no overload, and what all wait for delays all.
        """
        with self._lock:
            delays, delayed_s = self._delays, self._delayed_s
            self._delays, self._delayed_s = 0, 0.0
        return delayed_s / delays if delays else 0.0
