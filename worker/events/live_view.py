"""Tells those who watch live who was in each judged frame."""

import logging
from collections.abc import Sequence

import redis

from shared.streams import TRACKS, WATCHED, KeySpace
from shared.tracks import MAX_TRACKS_ENTRIES, FrameTracks

log = logging.getLogger(__name__)


class LiveView:
    """Writes frames' tracks for those who watch; costs a look a second while nobody does."""

    def __init__(self, frames: redis.Redis, keys: KeySpace) -> None:
        """Nobody watches yet."""
        self.is_watched = False
        self._frames = frames
        self._keys = keys

    def look(self) -> None:
        """See whether anybody watches.

        Raises:
            redis.RedisError: the server does not answer.
        """
        self.is_watched = bool(self._frames.exists(WATCHED))

    def publish(self, sights: Sequence[FrameTracks]) -> None:
        """Write what was judged of one camera.

        Raises:
            redis.RedisError: the server does not answer.
        """
        if not sights:
            return
        with self._frames.pipeline(transaction=False) as pipeline:
            for each in sights[-MAX_TRACKS_ENTRIES:]:
                entry = {TRACKS: each.model_dump_json()}
                pipeline.xadd(self._keys.tracks(each.camera), entry, maxlen=MAX_TRACKS_ENTRIES, approximate=True)  # type: ignore[arg-type]
            pipeline.expire(self._keys.tracks(sights[0].camera), 60)
            try:
                pipeline.execute()
            except redis.ResponseError as error:  # a full server; counting does not depend on who watches
                log.debug("nobody can watch %s: %s", sights[0].camera, error)
