"""A camera that gives one and the same picture for long hangs: a living one has noise in it."""

import zlib

from producer.sources.base import Luma

_LEAST_PICTURES = 3  # a camera that gives a picture a minute proves nothing with two


class SamePicture:
    """Watches one camera's pictures across connections."""

    def __init__(self, after_s: float) -> None:
        """The same picture for longer than ``after_s`` seconds hangs; 0 never does."""
        self._after_s = after_s
        self._digest = 0
        self._since = 0.0
        self._pictures = 0

    def hangs(self, luma: Luma, now: float) -> bool:
        """Whether the picture that came at ``now``, in monotonic seconds, is the same for too long."""
        digest = zlib.crc32(luma.tobytes())
        if not self._pictures or digest != self._digest:
            self._digest, self._since, self._pictures = digest, now, 0
        self._pictures += 1
        return self._is_too_long(now - self._since) and self._pictures >= _LEAST_PICTURES

    def hung_since(self, opened_at: float, now: float) -> bool:
        """Whether the connection that was opened at that instant has given nothing else for too long either."""
        return self._is_too_long(now - max(opened_at, self._since))

    def _is_too_long(self, seconds: float) -> bool:
        return 0 < self._after_s < seconds
