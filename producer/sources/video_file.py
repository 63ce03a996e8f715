"""A video file: every frame exactly once and always under the same number."""

import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from producer.sources.base import NotAVideo, Picture, SourceMissing
from producer.sources.frames import luma_of, pixels_of

_log = logging.getLogger(__name__)

_FALLBACK_FPS = 25.0  # for files that state neither timestamps nor a rate


class VideoFile:
    """Frames of a file from number ``start_at`` on.

    With ``fps``, only the first frame of each 1/fps seconds counts, by the file's own timestamps,
    so that the choice and thus the numbering is the same on every pass.
    """

    is_steady = True
    can_freeze = False

    def __init__(self, path: Path, fps: float | None = None, start_at: int = 0) -> None:
        """Open the file.

        Raises:
            SourceMissing, NotAVideo: see there.
        """
        self._name = path.name
        self._container, self._stream = _open(path)
        self.codec = self._stream.codec_context.name
        self.fps = float(self._stream.average_rate) if self._stream.average_rate else None
        self._target_fps = fps
        self._start_at = start_at

    def pictures(self) -> Iterator[Picture]:
        """The frames in order; those before ``start_at`` are decoded, since seeking is not exact, and passed over."""
        for number, (time_s, frame) in enumerate(self._chosen()):
            if number >= self._start_at:
                yield Picture(pixels=partial(pixels_of, frame), luma=partial(luma_of, frame), time_s=time_s)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _chosen(self) -> Iterator[tuple[float, VideoFrame]]:
        last_slot = -1
        for time_s, frame in self._timed():
            # The small addition keeps 0.3 s * 10 fps in slot 3, not 2.
            slot = int(time_s * self._target_fps + 1e-6) if self._target_fps else last_slot + 1
            if slot > last_slot:
                last_slot = slot
                yield time_s, frame

    def _timed(self) -> Iterator[tuple[float, VideoFrame]]:
        """Frames with the seconds since the first one, which never fall."""
        step_s = 1 / (self.fps or _FALLBACK_FPS)
        first_s: float | None = None
        time_s = -step_s
        for frame in self._decoded():
            stated_s = float(frame.pts * frame.time_base) if frame.pts is not None and frame.time_base else None
            if first_s is None:
                first_s = stated_s or 0.0
            time_s = max(time_s, stated_s - first_s) if stated_s is not None else time_s + step_s
            yield time_s, frame

    def _decoded(self) -> Iterator[VideoFrame]:
        """All frames that the file holds whole; a damaged stretch is passed over, the same on every pass."""
        damaged = 0
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames = self._stream.decode(packet)
                except av.error.FFmpegError:
                    damaged += 1
                    continue
                yield from frames
        except av.error.FFmpegError as error:
            _log.warning("%s: reading ended early: %s", self._name, error.strerror)
        if damaged:
            _log.warning("%s: %d packets could not be decoded", self._name, damaged)


def _open(path: Path) -> tuple[InputContainer, VideoStream]:
    try:
        # With the scheme, a colon in the name is not taken for a protocol.
        container = av.open(f"file:{path}")
    except FileNotFoundError:
        raise SourceMissing(f"there is no file {path}") from None
    except (av.error.FFmpegError, OSError) as error:
        raise NotAVideo(f"{path} cannot be played: {error.strerror}") from error
    if not container.streams.video:
        container.close()
        raise NotAVideo(f"{path} holds no pictures")
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return container, stream
