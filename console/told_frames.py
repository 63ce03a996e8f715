"""The number of captured frames that Prometheus was told last, kept so that it never falls."""

from collections.abc import Mapping

import redis

from shared.streams import TOLD_FRAMES


class ToldFrames:
    """Frames in flight leave the sum for a moment when an epoch ends, and a counter that falls reads as a restart.

    What was told is on the state server: a console that is started in such a moment does not know it otherwise.
    """

    def __init__(self, state: redis.Redis) -> None:
        """Nothing is read yet."""
        self._state = state

    def never_falling(self, captured: Mapping[str, int]) -> dict[str, int]:
        """The number to tell of each camera, given the sum of now.

        Raises:
            redis.RedisError: the server does not answer.
        """
        if not captured:
            return {}
        before = self._state.hmget(TOLD_FRAMES, list(captured))
        told = {
            camera: max(now, int(known) if known else 0)
            for (camera, now), known in zip(captured.items(), before, strict=True)
        }
        self._state.hset(TOLD_FRAMES, mapping=told)  # type: ignore[arg-type]
        return told
