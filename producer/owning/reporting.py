"""What becomes known of one camera: its status and what befell it, written only by its owner."""

from collections import Counter

import redis

from producer.owning.capture_board import CaptureBoard
from shared.cameras import CaptureStatus
from shared.streams import KeySpace

REPORT_S = 0.9  # a camera's status is written at least this often

# A producer that was paused must not report on a camera that another one owns by now.
_REPORT = """
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[3], ARGV[i], ARGV[i + 1]) end
return 1
"""


class Report:
    """Tells of one camera, by the name under which its lease is held."""

    def __init__(self, state: redis.Redis, keys: KeySpace, owner: str, board: CaptureBoard) -> None:
        """Nothing is written yet."""
        self._write = state.register_script(_REPORT)
        self._keys = keys
        self._owner = owner
        self._board = board
        self._last: CaptureStatus | None = None
        self._written_at = 0.0

    def write_if_due(self, now: float) -> None:
        """Write what is news at once and everything else now and then; ``now`` is in monotonic seconds.

        Raises:
            redis.RedisError: the state server did not answer; what is to be counted is kept.
        """
        status = self._board.status(now)
        last = self._last
        is_news = last is None or (last.state, last.has_ended) != (status.state, status.has_ended)
        if is_news or now - self._written_at >= REPORT_S:
            self.write(status)
            self._last, self._written_at = status, now

    def write(self, status: CaptureStatus) -> None:
        """Write a status, and count what befell the camera since the last one.

        Raises:
            redis.RedisError: as above.
        """
        counts = self._board.take_counts()
        try:
            self._run(status, counts)
        except redis.RedisError:
            self._board.give_back(counts)
            raise

    def _run(self, status: CaptureStatus, counts: Counter[str]) -> None:
        camera = status.camera
        keys = [self._keys.producer_lease(camera), self._keys.capture(camera), self._keys.capture_counts(camera)]
        increments = [part for field, count in counts.items() for part in (field, count)]
        self._write(keys=keys, args=[self._owner, status.model_dump_json(), *increments])
