"""Keeps the frames of all cameras young, one camera's broken keys or not."""

from collections.abc import Mapping

import redis

from producer.publishing import trimming
from producer.publishing.eviction import Evictor
from shared.foreign_keys import ForeignKeys, is_foreign
from shared.stream_looks import StreamLooks
from shared.streams import KeySpace


class Trimmer:
    """Removes old frames; frames keys that are no streams are noted in ``foreign``, and keep no other from it."""

    def __init__(self, frames: redis.Redis, keys: KeySpace, max_results: int, max_age_s: float) -> None:
        """Frames are old after ``max_age_s``; a camera's results stream holds at most ``max_results``."""
        self.foreign = ForeignKeys()
        self._frames = frames
        self._looks = StreamLooks(frames, keys)
        self._keys = keys
        self._evictor = Evictor(keys, max_results)
        self._max_age_s = max_age_s

    def trim(self, must_stay: Mapping[str, bool]) -> None:
        """Remove old frames of these cameras; of those that say so, judged ones alone.

        Raises:
            redis.RedisError: the frames server did not answer.
        """
        filled = self._looks.filled(must_stay)
        foreign = {camera for camera in filled if not self._is_trimmed(camera, must_stay=must_stay[camera])}
        self.foreign.served([self._keys.frames(camera) for camera in must_stay.keys() - foreign])

    def _is_trimmed(self, camera: str, *, must_stay: bool) -> bool:
        """Whether its frames are a stream, which is then trimmed."""
        try:
            if must_stay:
                trimming.trim_lossless(self._frames, self._keys, camera, self._max_age_s)
            else:
                self._evictor.drop_older(self._frames, camera, self._max_age_s)
        except redis.ResponseError as error:
            if not is_foreign(error):
                raise
            return not self._has_foreign_frames(camera)  # else its results are none, which those who read them say
        return True

    def _has_foreign_frames(self, camera: str) -> bool:
        stream = self._keys.frames(camera)
        try:
            self._frames.xlen(stream)
        except redis.ResponseError as error:
            if not is_foreign(error):
                raise
            self.foreign.met(stream)
            return True
        return False
