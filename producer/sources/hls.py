"""HLS: a playlist of short files, which bring seconds of pictures at once."""

import time
from collections.abc import Iterator

from producer.sources.base import Picture, SourceLimits
from producer.sources.network_video import NetworkVideo

# The last but one file of a live playlist: the next is there before the pictures of these two are shown.
_OPTIONS = {"live_start_index": "-2"}
_MOST_BEHIND_S = 12.0  # two files of the usual length
_AT_ONCE_S = 0.1  # a picture that comes sooner was there already


class HlsStream:
    """The pictures of a playlist in real time by their timestamps."""

    is_steady = True
    can_freeze = True

    def __init__(self, url: str, limits: SourceLimits) -> None:
        """Connect.

        Raises:
            SourceUnavailable: which one, see ``producer.sources.base``.
        """
        self._video = NetworkVideo(url, limits, _OPTIONS)
        self._longest_sleep_s = limits.read_timeout_s
        self.codec = self._video.codec
        self.fps = self._video.fps

    def pictures(self) -> Iterator[Picture]:
        """Pictures, each when it is due; of a backlog only the newest.

        Raises:
            TimedOut, StreamEnded, SourceUnavailable: nothing new came, or the playlist has ended.
        """
        pace = Pace(self._longest_sleep_s)
        pictures = self._video.pictures()
        asked_at = time.monotonic()
        for picture in pictures:
            now = time.monotonic()
            sleep_s = pace.wait_s(picture.timestamp_s, now, was_waited_for=now - asked_at > _AT_ONCE_S)
            if sleep_s is not None:
                time.sleep(sleep_s)
                yield picture
            asked_at = time.monotonic()

    def close(self) -> None:
        """Hang up."""
        self._video.close()


class Pace:
    """When pictures are due, which a jump of their timestamps or a late file begins anew."""

    def __init__(self, longest_s: float) -> None:
        """Nothing has come yet; no wait is longer than ``longest_s``."""
        self._longest_s = longest_s
        self._offset_s: float | None = None  # from a timestamp to the clock
        self._last_s = 0.0

    def wait_s(self, timestamp_s: float | None, now: float, was_waited_for: bool) -> float | None:
        """How long to wait at ``now``, in seconds; ``None`` passes the picture over.

        ``was_waited_for`` tells whether it was not there yet when it was asked for.
        """
        if timestamp_s is None:
            return 0.0
        has_jumped = not 0 <= timestamp_s - self._last_s <= self._longest_s
        self._last_s = timestamp_s
        if self._offset_s is None or has_jumped:
            return self._begin_anew(timestamp_s, now)
        early_s = timestamp_s + self._offset_s - now
        if early_s < -_MOST_BEHIND_S:
            # Nothing newer is there when it had to be waited for: the stream itself has fallen behind.
            return self._begin_anew(timestamp_s, now) if was_waited_for else None
        return min(max(early_s, 0.0), self._longest_s)

    def _begin_anew(self, timestamp_s: float, now: float) -> float:
        self._offset_s = now - timestamp_s
        return 0.0
