"""Reads one live camera for as long as it takes: opens it, always drains it, tries again when it fails."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing

from producer.equipment import Equipment
from producer.live import memory
from producer.live.mailbox import Arrival, Mailbox
from producer.live.pacing import Backoff, Pacer
from producer.live.steadiness import Steadiness
from producer.load.throttle import Throttle
from producer.owning.capture_board import CaptureBoard
from producer.sources.base import (
    ConnectionFailed,
    PacedSource,
    Picture,
    Source,
    SourceError,
    SourceLimits,
    SourceUnavailable,
    SourceUnusable,
    TimedOut,
    WrongPassword,
)
from producer.sources.knocking import knock
from producer.sources.opening import open_live
from shared.cameras import Camera, CameraState
from shared.logins import LoginUnavailable, address_of

_log = logging.getLogger(__name__)

# What only a person can put right is tried rarely: cameras lock out who guesses passwords.
_HOPELESS_RETRY_S = 30.0
_LOOKS_PER_S = 2.0  # how often it is looked whether a picture is sound and another one than before
_STEADY_S = 10.0  # a connection that held for so long forgets the failures before it


class CameraReader:
    """The reading half of a live camera; ``read`` runs in a thread of its own until ``stop`` is set."""

    def __init__(
        self, camera: Camera, board: CaptureBoard, equipment: Equipment, connected: Callable[[], None]
    ) -> None:
        """Read ``camera``; a watched folder from where ``board`` says that it is.

        ``connected`` is called in the reading thread whenever the camera has been opened, before its first picture.
        """
        # A quarter: told all at once, they must not push out what the events stage has yet to read.
        self.mailbox = Mailbox(most_withheld=equipment.settings.max_results_per_camera // 4)
        self.stop = threading.Event()
        self._camera = camera
        self._key = equipment.key
        self._board = board
        self._settings = equipment.settings
        self._metrics = equipment.metrics
        self._load = equipment.load
        self._position = board.position.removeprefix(f"{camera.source} ")
        self._pacer = Pacer(self._fps(camera))
        self._throttle = Throttle(equipment.settings.fresh_within_s)
        self._looks = Pacer(_LOOKS_PER_S)
        self._backoff = Backoff(first_s=0.5, max_s=equipment.settings.max_backoff_s)
        self._source: Source | None = None
        self._complaint = ""  # why the sender wants another connection
        self._connected = connected
        self._was_away = False

    def read(self) -> None:
        """Read until stopped."""
        while not self.stop.is_set():
            self._board.set_state(CameraState.CONNECTING)
            try:
                self._read_once_and_tidy_up()
            except (SourceUnusable, WrongPassword, LoginUnavailable) as error:
                self._rest(CameraState.FAILED, str(error), max(_HOPELESS_RETRY_S, self._settings.max_backoff_s))
            except SourceError as error:
                self._rest(CameraState.BACKING_OFF, str(error), self._backoff.next_s())
            except Exception as error:  # noqa: BLE001 - logged whole
                # A driver's surprise must neither end this camera for good nor touch another one.
                _log.exception("camera %s", self._camera.id)
                self._rest(CameraState.BACKING_OFF, f"unexpected: {error!r}", self._backoff.next_s())

    def hang_up(self) -> None:
        """End the reading; a source that only waits lets go at once."""
        self.stop.set()
        self.mailbox.close()
        source = self._source
        if source is not None and not source.is_steady:
            source.close()

    def reopen(self, complaint: str) -> None:
        """Give this connection up after its next picture; from any thread."""
        self._complaint = complaint

    def want_another(self) -> None:
        """The last picture was of no use: take the next one, whatever the rate; from any thread."""
        self._pacer.make_due()

    def change(self, camera: Camera) -> None:
        """Go on with another rate; from any thread."""
        self._camera = camera
        self._pacer = Pacer(self._fps(camera))
        source = self._source
        if isinstance(source, PacedSource):
            source.pace(self._fps(camera))

    def _fps(self, camera: Camera) -> float:
        return camera.fps or self._settings.default_fps

    def _read_once_and_tidy_up(self) -> None:
        source = self._opened()
        try:
            with closing(source):
                self._read_from(source)
        finally:
            self._source = None
            memory.give_back()

    def _opened(self) -> Source:
        limits = SourceLimits(self._settings.open_timeout_s, self._settings.read_timeout_s)
        address, fps = address_of(self._camera, self._key), self._fps(self._camera)
        try:
            if self._was_away:
                knock(address, limits.open_timeout_s)
            source = open_live(self._camera, address, limits, fps, self._position)
        except (ConnectionFailed, TimedOut):
            self._was_away = True
            raise
        self._was_away = False
        return source

    def _read_from(self, source: Source) -> None:
        self._source, self._complaint = source, ""
        self._connected()
        opened_at, steadiness = time.monotonic(), Steadiness()
        for picture in self._metrics.captured(source.pictures()):
            now = time.monotonic()
            if self.stop.is_set():
                return
            if now - opened_at > _STEADY_S:
                self._backoff.reset()
            for fault in steadiness.note(picture.timestamp_s, now):
                self._board.fault(fault)
            self._hand_over(picture, now, opened_at, source)
            if self._complaint:
                raise SourceUnavailable(self._complaint)

    def _hand_over(self, picture: Picture, now: float, opened_at: float, source: Source) -> None:
        is_due = bool(picture.position) or (self._pacer.is_due(now) and self._is_admitted(now))
        # A camera of which a frame a minute is wanted may hang all the same: that is looked for more often.
        if not (is_due | self._looks.is_due(now)):
            return
        arrival = Arrival(picture, now, opened_at, source.can_freeze, is_due, self._silence_limit_s(source), now)
        if not picture.position:
            self.mailbox.put(arrival)
            return
        # A watched folder waits: none of its pictures may be passed over.
        while not self.stop.is_set():
            if self.mailbox.is_empty(timeout_s=0.2):
                self.mailbox.put(arrival)
                self._position = arrival.picture.position
                return

    def _is_admitted(self, now: float) -> bool:
        """Whether a picture that is due goes to the sender; under overload some do not, before they cost anything."""
        is_admitted = self._throttle.admits(now, self._load.relief.rate, 1 / self._fps(self._camera))
        if not is_admitted:
            self.mailbox.withhold(now)
        return is_admitted

    def _silence_limit_s(self, source: Source) -> float | None:
        if not source.is_steady:
            return None
        return max(self._settings.read_timeout_s / 2, 3 / _LOOKS_PER_S)

    def _rest(self, state: CameraState, message: str, seconds: float) -> None:
        self._board.set_state(state, message)
        self.stop.wait(seconds)
