"""One burst of frames of the known faces, onto the frames stream of the camera that is none."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import redis

from producer.heartbeat.picture import known_faces
from producer.publishing.publisher import FramesPublisher
from shared import leases
from shared.connections import Servers
from shared.heartbeat_faces import FRAME_INTERVAL_S, FRAMES, HEIGHT, WIDTH, HeartbeatField, instant
from shared.leases import Lease, LeaseLost
from shared.messages import FrameHeader
from shared.settings import ProducerSettings
from shared.streams import HEARTBEAT, HEARTBEAT_CAMERA, KeySpace

_MOST_BURSTS = 4  # in the stream at a time


class Bursts:
    """Sends bursts, of a picture that is drawn once."""

    def __init__(self, servers: Servers, settings: ProducerSettings, jpeg: bytes | None = None) -> None:
        """Send to ``servers``; ``jpeg`` is another picture than that of the known faces."""
        self._servers = servers
        keys = KeySpace(settings.shards)
        self._results = keys.results(HEARTBEAT_CAMERA)
        most = _MOST_BURSTS * FRAMES
        self._publisher = FramesPublisher(servers.frames, keys, most, most, settings.max_results_per_camera)
        self._jpeg = jpeg or known_faces()

    def send(self, lease: Lease, interval_s: float, pause: Callable[[float], object] = time.sleep) -> int:
        """Send one and return its number; ``pause`` waits for seconds between two frames, or less.

        It is noted before its first frame goes out: one that is cut off counts as lost.

        Raises:
            LeaseLost: another producer sends them.
            Fenced, redis.RedisError: see there.
        """
        epoch, sent_at = self._announce(lease, interval_s)
        started = time.monotonic()
        for sequence in range(FRAMES):
            pause(max(0.0, started + sequence * FRAME_INTERVAL_S - time.monotonic()))
            self._publisher.publish(_header(epoch, sequence, sent_at), self._jpeg, lease.token)
        return epoch

    def _announce(self, lease: Lease, interval_s: float) -> tuple[int, datetime]:
        sent_at, begins_behind = instant(self._servers.state), self._newest_result()
        with self._servers.state.pipeline(transaction=True) as transaction:
            leases.watch(transaction, lease)
            transaction.multi()
            transaction.hincrby(HEARTBEAT, HeartbeatField.EPOCH, 1)
            transaction.hsetnx(HEARTBEAT, HeartbeatField.STREAM_ID, begins_behind)
            values = {HeartbeatField.SENT_AT: sent_at, HeartbeatField.INTERVAL_S: interval_s}
            transaction.hset(HEARTBEAT, mapping=cast("Any", values))
            try:
                epoch, *_ = transaction.execute()
            except redis.WatchError as error:
                raise LeaseLost(lease.key) from error
        return int(epoch), datetime.fromtimestamp(sent_at, UTC)

    def _newest_result(self) -> str:
        """Behind which the results of a first burst come; "0-0" for every other one, which is not asked for.

        Numbers begin anew on a state server that lost all, while the frames server has results of the old ones.
        """
        if self._servers.state.hexists(HEARTBEAT, HeartbeatField.STREAM_ID):
            return "0-0"
        newest = cast("list[tuple[bytes, Any]]", self._servers.frames.xrevrange(self._results, count=1))
        return newest[0][0].decode() if newest else "0-0"


def _header(epoch: int, sequence: int, sent_at: datetime) -> FrameHeader:
    """A whole picture, to be scanned wherever there may be faces.

    Captured in even steps, however late it goes out: what a vote hears depends on the time between frames.
    """
    return FrameHeader(
        camera=HEARTBEAT_CAMERA,
        epoch=epoch,
        sequence=sequence,
        captured_at=sent_at + timedelta(seconds=sequence * FRAME_INTERVAL_S),
        width=WIDTH,
        height=HEIGHT,
    )
