"""Which epochs a camera was ever given: a result that claims a later one comes from nobody who had the camera.

Believed, such a result would make the camera deaf, since everything behind it would be older. A file's epoch is that
of its declaration. A live camera's is the token of its producer's lease; a state server that forgot its last second
has an older token than frames that are on their way, but then the frames server still has the one that they were
published with.
"""

from typing import cast

from shared import camera_list
from shared.connections import Servers
from shared.standing import number_in
from shared.streams import CAMERAS, KeySpace


class GivenEpochs:
    """Asks the servers."""

    def __init__(self, servers: Servers, keys: KeySpace) -> None:
        """Nothing is asked yet."""
        self._servers = servers
        self._keys = keys

    def newest(self, camera: str) -> int | None:
        """The newest one of a camera; ``None`` where nothing is known of it.

        Raises:
            redis.RedisError: a server does not answer.
        """
        stored, token = self._on_record(camera)
        declared = camera_list.readable({camera.encode(): stored} if stored else {}).get(camera)
        if declared is not None and declared.is_lossless:
            return declared.epoch
        published = number_in(cast("bytes | None", self._servers.frames.get(self._keys.fence(camera))))
        known = [declared.epoch if declared else None, number_in(token), published]
        return max((each for each in known if each is not None), default=None)

    def _on_record(self, camera: str) -> tuple[bytes | None, bytes | None]:
        """Its declaration, and the token of its producer's lease."""
        with self._servers.state.pipeline(transaction=False) as pipeline:
            pipeline.hget(CAMERAS, camera)
            pipeline.hget(self._keys.producer_lease(camera), "token")
            stored, token = pipeline.execute()
        return stored, token
