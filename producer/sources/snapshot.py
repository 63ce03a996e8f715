"""A camera that answers with one JPEG at a time and is asked again and again."""

import threading
import time
from collections.abc import Iterator

from producer.sources.base import Picture, SourceLimits, SourceUnavailable
from producer.sources.conversation import Answer, Conversation
from producer.sources.multipart import MAX_PART_BYTES

DEFAULT_FPS = 5.0
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
        self._interval_s = 1 / (fps or DEFAULT_FPS)
        self.fps: float | None = fps or DEFAULT_FPS
        self.is_steady = self.fps >= _STEADY_FPS
        self._closed = threading.Event()

    def pictures(self) -> Iterator[Picture]:
        """One picture an answer, also when it is the same as before, until closed; an empty answer is none.

        Raises:
            SourceError: an answer did not come, or not whole in time.
        """
        due_at = picture_at = time.monotonic()
        jpeg = self._content(self._first)
        while True:
            if jpeg:
                yield Picture(jpeg=jpeg)
                picture_at = time.monotonic()
            elif time.monotonic() - picture_at > self._limits.read_timeout_s + self._interval_s:
                raise SourceUnavailable(f"{self._conversation.address} answers, but gives no pictures")
            due_at = max(due_at + self._interval_s, time.monotonic())
            if self._closed.wait(max(0.0, due_at - time.monotonic())):
                return
            jpeg = self._content(self._conversation.ask(self._limits.read_timeout_s))

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
