"""A video file that is played again and again in real time, as if it were a camera."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from producer.sources.base import NotAVideo, Picture
from producer.sources.video_file import VideoFile

_FALLBACK_STEP_S = 1 / 25
_MOST_LATE_S = 1.0  # a machine that decodes slower than real time plays slower, rather than ever further behind


class LoopedVideo:
    """The frames of a file by their timestamps, which go on rising from pass to pass."""

    is_steady = True
    can_freeze = False

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            SourceMissing, NotAVideo: see there.
        """
        self._path = path
        self._video = VideoFile(path)
        self.codec = self._video.codec
        self.fps = self._video.fps

    def pictures(self) -> Iterator[Picture]:
        """Frame after frame, each at its time.

        Raises:
            SourceUnusable: the file went away, or nothing in it can be decoded.
        """
        began_at = time.monotonic()
        for picture in self._timed():
            late_s = time.monotonic() - began_at - picture.time_s
            if late_s > _MOST_LATE_S:
                began_at += late_s
            elif late_s < 0:
                time.sleep(-late_s)
            yield replace(picture, time_s=0.0, timestamp_s=picture.time_s)

    def close(self) -> None:
        """Close the file."""
        self._video.close()

    def _timed(self) -> Iterator[Picture]:
        """The frames of all passes; ``time_s`` counts from the first frame of the first."""
        step_s = 1 / self.fps if self.fps else _FALLBACK_STEP_S
        began_s = 0.0
        while True:
            ends_s = began_s
            for picture in self._video.pictures():
                yield replace(picture, time_s=began_s + picture.time_s)
                ends_s = began_s + picture.time_s + step_s
            if ends_s == began_s:
                raise NotAVideo(f"{self._path} holds no picture that can be decoded")
            began_s = ends_s
            self._video.close()
            self._video = VideoFile(self._path)
