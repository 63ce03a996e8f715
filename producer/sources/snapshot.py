"""A camera that answers with one JPEG at a time and is asked again and again."""

import threading
import time
from collections.abc import Iterator

from producer.sources.base import Picture, SourceLimits, SourceUnavailable
from producer.sources.conversation import Answer, Conversation
from producer.sources.multipart import MAX_PART_BYTES

DEFAULT_FPS = 5.0
_TURN_S = 0.5  # another rate takes effect within so many seconds
_STEADY_FPS = 1.0  # slower, silence of seconds is as it should be


class SnapshotCamera:
    """Asks ``fps`` times a second, or as often as the camera manages; the first answer is the first picture."""

    codec = "jpeg"
    can_freeze = True

    def __init__(
        self, conversation: Conversation, first: Answer, limits: SourceLimits, fps: float | None = None
    ) -> None:
        """Take over the conversation."""
        self._conversation = conversation
        self._first = first
        self._limits = limits
        self._closed = threading.Event()
        self.fps: float | None
        self.pace(fps or DEFAULT_FPS)

    def pace(self, fps: float) -> None:
        """Ask ``fps`` times a second from now on; may be called from any thread."""
        self.fps = fps
        self.is_steady = fps >= _STEADY_FPS
        self._interval_s = 1 / fps

    def pictures(self) -> Iterator[Picture]:
        """One picture an answer, also when it is the same as before, until closed; an empty answer is none.

        Raises:
            SourceError: an answer did not come, or not whole in time.
        """
        asked_at = picture_at = time.monotonic()
        jpeg = self._content(self._first)
        while True:
            if jpeg:
                yield Picture(jpeg=jpeg)
                picture_at = time.monotonic()
            elif time.monotonic() - picture_at > self._limits.read_timeout_s + self._interval_s:
                raise SourceUnavailable(f"{self._conversation.address} answers, but gives no pictures")
            if not self._waited_since(asked_at):
                return
            asked_at = max(asked_at + self._interval_s, time.monotonic() - self._interval_s)
            jpeg = self._content(self._conversation.ask(self._limits.read_timeout_s))

    def _waited_since(self, asked_at: float) -> bool:
        """Wait for the next turn, which another rate may bring sooner; false when it was closed meanwhile."""
        while (left_s := asked_at + self._interval_s - time.monotonic()) > 0:
            if self._closed.wait(min(left_s, _TURN_S)):
                return False
        return not self._closed.is_set()

    def close(self) -> None:
        """Hang up; may be called from any thread."""
        self._closed.set()
        self._first.close()
        self._conversation.close()

    def _content(self, answer: Answer) -> bytes:
        with answer:
            content = bytearray()
            while piece := answer.read():
                content += piece
                if len(content) > MAX_PART_BYTES:
                    raise SourceUnavailable(f"{self._conversation.address} answers with more than a picture")
        if answer.content_type.startswith("text/"):
            raise SourceUnavailable(f"{self._conversation.address} answers with text where a picture was")
        return bytes(content)
