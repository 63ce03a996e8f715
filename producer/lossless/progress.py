"""How far a pass over a file or folder has come, as the servers know it; survives any crash."""

from datetime import datetime

from pydantic import ValidationError

from producer.publishing import trimming
from shared.cameras import Camera
from shared.connections import Servers
from shared.messages import FrameHeader
from shared.standing import STANDING, Standing, standing
from shared.streams import HEADER, KeySpace


class PassProgress:
    """One pass (epoch) over a lossless camera's source."""

    def __init__(self, servers: Servers, keys: KeySpace, camera: Camera, started_at: datetime) -> None:
        """Ask ``servers`` about the pass that ``camera.epoch`` numbers, which began at ``started_at``."""
        self.started_at = started_at
        self._servers = servers
        self._keys = keys
        self._camera = camera.id
        self._epoch = camera.epoch

    def judged(self) -> int:
        """The sequence number below which all frames are judged."""
        judged = self._standing()
        return max(judged.next_sequence, 0) if judged.epoch == self._epoch else 0

    def is_done(self) -> bool:
        """Whether the whole pass is judged."""
        return self._standing().done_epoch >= self._epoch

    def resume_at(self) -> int:
        """The first sequence number that is neither judged nor in the stream."""
        return max(self.judged(), self._published())

    def has_unjudged_frames(self) -> bool:
        """Whether workers still have something of this camera to do."""
        return trimming.has_unjudged(self._servers.frames, self._keys, self._camera)

    def _standing(self) -> Standing:
        return standing(self._servers.state.hmget(self._keys.checkpoint(self._camera), STANDING))

    def _published(self) -> int:
        last = self._servers.frames.xrevrange(self._keys.frames(self._camera), count=1)
        if not last:
            return 0
        try:
            header = FrameHeader.model_validate_json((last[0][1] or {})[HEADER])
        except (KeyError, ValidationError):
            return 0
        return header.sequence + 1 if header.epoch == self._epoch else 0
