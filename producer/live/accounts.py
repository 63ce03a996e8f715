"""Numbers one live camera's pictures, and sees to it that each number gets an end on the frames server."""

import time
from collections.abc import Callable, Sequence
from threading import Event

import redis

from producer.live.capture_clock import CaptureClock
from producer.live.mailbox import Mailbox
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from producer.publishing.outage import Outage
from producer.publishing.publisher import FramesPublisher
from shared.cameras import PictureFault
from shared.messages import Box, DropReason, FrameHeader

_TELL_MOST = 256  # at a time


class FrameAccounts:
    """What became of each number; for one thread.

    A picture is numbered only where its end can be written: while the lease is valid, and while no number before
    it is owed one. All others wait in the mailbox as withheld, and are numbered and told once that is so again.
    """

    def __init__(
        self,
        camera: str,
        lease: CameraLease,
        publisher: FramesPublisher,
        board: CaptureBoard,
        mailbox: Mailbox,
        stop: Event,
    ) -> None:
        """Frames carry the lease's token as their epoch; nothing is numbered once ``stop`` is set."""
        self._camera = camera
        self._lease = lease
        self._publisher = publisher
        self._board = board
        self._mailbox = mailbox
        self._stop = stop
        self._outage = Outage(f"frames server of camera {camera}")
        self._clock = CaptureClock()
        self._sequence = 0
        self._owed: list[FrameHeader] = []  # numbered, and not known to have an end

    def claim(self) -> None:
        """Let no earlier owner of the camera write from now on.

        Raises:
            Fenced: another producer owns the camera.
        """
        self._write(lambda: self._publisher.claim(self._camera, self._lease.token))

    def settle(self, before: float, size: tuple[int, int]) -> bool:
        """Tell of all pictures that came before an instant and are not sent; true if the next one may be numbered.

        Raises:
            Fenced: as above.
        """
        if self._stop.is_set() or not self._lease.is_valid(time.monotonic()) or not self.end_owed(DropReason.THROTTLED):
            return False
        withheld = self._mailbox.take_withheld(before)
        for first in range(0, len(withheld), _TELL_MOST):
            told = [self.number(at, size) for at in withheld[first : first + _TELL_MOST]]
            if not self.drop(told, DropReason.THROTTLED):
                for at in withheld[first + _TELL_MOST :]:
                    self._mailbox.withhold(at)
                return False
        return True

    def number(
        self, at: float, size: tuple[int, int], regions: tuple[Box, ...] | None = None, halvings: int = 0
    ) -> FrameHeader:
        """The next number, for a picture that came at ``at``, in monotonic seconds; it is owed an end."""
        instant = self._clock.at(at)
        if instant.step_s:
            self._board.fault(PictureFault.CLOCK_STEP)
        header = FrameHeader(
            camera=self._camera,
            epoch=self._lease.token,
            sequence=self._sequence,
            captured_at=instant.at,
            width=size[0],
            height=size[1],
            regions=regions,
            halvings=halvings,
            clock_step_s=instant.step_s,
        )
        self._board.count(self._sequence, instant.at, time.monotonic())
        self._sequence += 1
        self._owed.append(header)
        return header

    def publish(self, header: FrameHeader, jpeg: bytes) -> bool:
        """Send what was numbered; false where it is owed still.

        Raises:
            Fenced: as above.
        """
        return self._write(lambda: self._publisher.publish(header, jpeg, self._lease.token))

    def drop(self, headers: Sequence[FrameHeader], reason: DropReason) -> bool:
        """Say of what was numbered that it is not sent; false where it is owed still.

        Raises:
            Fenced: as above.
        """
        return self._write(lambda: self._publisher.drop_all(headers, reason, self._lease.token))

    def end_owed(self, reason: DropReason) -> bool:
        """Say of all that is owed an end that it was not sent; false where that fails too.

        The server may have done what it gave no answer to. Then the number has two ends, and the events stage
        counts the one that it reads first and passes over the other: once, either way. Without this one, a number
        whose write was not done would be a gap, or in flight for ever where none follows.

        Raises:
            Fenced: as above.
        """
        return not self._owed or self.drop(list(self._owed), reason)

    def close(self) -> None:
        """Try once more to end what is owed an end; another owner has it lost.

        Raises:
            Fenced: as above.
        """
        if self._lease.is_valid(time.monotonic()):
            self.end_owed(DropReason.THROTTLED)

    def _write(self, write: Callable[[], None]) -> bool:
        # A lease that ran out since the number was given is no danger: the server compares tokens, and a next
        # owner has claimed the camera before it sends anything.
        try:
            write()
        except redis.RedisError as error:
            self._outage.begin(error)
            return False
        self._owed.clear()
        self._outage.end()
        return True
