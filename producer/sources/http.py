"""Cameras behind an http address: what they answer tells what they are."""

from producer.pictures import jpeg
from producer.sources.base import ConnectionFailed, Source, SourceLimits
from producer.sources.conversation import Answer, Conversation
from producer.sources.hls import HlsStream
from producer.sources.mjpeg import MjpegStream
from producer.sources.network_video import NetworkVideo
from producer.sources.snapshot import SnapshotCamera
from shared.redaction import redact

_PLAYLIST_TYPES = frozenset(
    {"application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl"}
)
_START_OF_PLAYLIST = b"#EXTM3U"


def open_http(url: str, limits: SourceLimits, fps: float | None = None) -> Source:
    """Ask once and go on by the answer: MJPEG, single pictures asked for ``fps`` times a second, HLS, or any video.

    Raises:
        SourceError: see ``producer.sources.base``.
    """
    try:
        conversation = Conversation(url, limits)
    except ValueError:
        raise ConnectionFailed(f"{redact(url)} is no address: correct it") from None
    try:
        answer = conversation.ask(limits.open_timeout_s)
        if answer.content_type.startswith("multipart/"):
            return MjpegStream(conversation, answer, limits)
        if _is_picture(answer):
            return SnapshotCamera(conversation, answer, limits, fps)
        is_playlist = answer.content_type in _PLAYLIST_TYPES or answer.peek().startswith(_START_OF_PLAYLIST)
        answer.close()
    except BaseException:
        conversation.close()
        raise
    conversation.close()
    return HlsStream(url, limits) if is_playlist else NetworkVideo(url, limits)


def _is_picture(answer: Answer) -> bool:
    # Some cameras state no type, or one that says nothing.
    is_stated = answer.content_type in {"image/jpeg", "image/jpg", "image/pjpeg"}
    return is_stated or (not answer.content_type.startswith("video/") and answer.peek().startswith(jpeg.START))
