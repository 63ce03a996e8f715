"""A camera that answers with picture after picture (MJPEG); each passes through byte by byte."""

from collections.abc import Iterator

from producer.sources.base import Picture, SourceLimits, SourceUnavailable, StreamEnded
from producer.sources.conversation import Answer, Conversation
from producer.sources.multipart import Multipart, PartTooLarge


class MjpegStream:
    """An answer of many parts. Cut pictures come as they are: who looks into them counts them."""

    codec = "mjpeg"
    fps: float | None = None
    is_steady = True
    can_freeze = True

    def __init__(self, conversation: Conversation, answer: Answer, limits: SourceLimits) -> None:
        """Take over the conversation."""
        self._conversation = conversation
        self._answer = answer
        self._limits = limits

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they come.

        Raises:
            TimedOut, StreamEnded, SourceUnavailable: no whole picture came in time, or no more come.
        """
        parts = Multipart(self._answer.boundary)
        self._conversation.deadline.put_off(self._limits.read_timeout_s)
        while piece := self._answer.read():
            for jpeg in self._pictures_with(parts, piece):
                yield Picture(jpeg=jpeg)
                self._conversation.deadline.put_off(self._limits.read_timeout_s)
        raise StreamEnded(f"{self._conversation.address} ended the stream")

    def close(self) -> None:
        """Hang up."""
        self._answer.close()
        self._conversation.close()

    def _pictures_with(self, parts: Multipart, piece: bytes) -> Iterator[bytes]:
        try:
            yield from parts.feed(piece)
        except PartTooLarge:
            raise SourceUnavailable(f"{self._conversation.address} sends parts that are no pictures") from None
