"""What becomes known of one camera: its status and what befell it, written only by its owner."""

from collections import Counter
from collections.abc import Sequence

import redis
from redis.client import Pipeline

from producer.owning.capture_board import CaptureBoard
from shared.cameras import CaptureStatus
from shared.streams import KeySpace

REPORT_S = 0.9  # a camera's status is written at least this often
_QUIET_REPORT_S = 5.0  # and that of one that gives nothing: hundreds may be away

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
        self._state = state
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
        write_due(self._state, [self], now)

    def write(self, status: CaptureStatus) -> None:
        """Write a status, and count what befell the camera since the last one.

        Raises:
            redis.RedisError: as above.
        """
        _write_all(self._state, [(self, status)])

    def status_if_due(self, now: float) -> CaptureStatus | None:
        """The status to write at ``now``, if one is due."""
        glance, last = self._board.glance(now), self._last
        is_news = last is None or (last.state, last.has_ended) != (glance.state, glance.has_ended)
        rests_s = _QUIET_REPORT_S if glance.is_quiet else REPORT_S
        return self._board.status(now) if is_news or now - self._written_at >= rests_s else None

    def note_written(self, status: CaptureStatus, now: float) -> None:
        """That status was written at ``now``."""
        self._last, self._written_at = status, now

    def add_to(self, pipeline: Pipeline, status: CaptureStatus) -> Counter[str]:
        """Have a pipeline write a status and count what befell the camera, which is given out."""
        counts = self._board.take_counts()
        camera = status.camera
        keys = [self._keys.producer_lease(camera), self._keys.capture(camera), self._keys.capture_counts(camera)]
        increments = [part for field, count in counts.items() for part in (field, count)]
        self._write(keys=keys, args=[self._owner, status.model_dump_json(), *increments], client=pipeline)
        return counts

    def give_back(self, counts: Counter[str]) -> None:
        """Those counts could not be written: they come with the next ones."""
        self._board.give_back(counts)


def write_due(state: redis.Redis, reports: Sequence[Report], now: float) -> None:
    """Write of many cameras what is due at ``now``, as ``Report.write_if_due`` does, in one round trip.

    Raises:
        redis.RedisError: as there.
    """
    due = [(report, status) for report in reports if (status := report.status_if_due(now)) is not None]
    _write_all(state, due)
    for report, status in due:
        report.note_written(status, now)


def _write_all(state: redis.Redis, due: Sequence[tuple[Report, CaptureStatus]]) -> None:
    if not due:
        return
    with state.pipeline(transaction=False) as pipeline:
        taken = [(report, report.add_to(pipeline, status)) for report, status in due]
        try:
            pipeline.execute()
        except redis.RedisError:
            for report, counts in taken:
                report.give_back(counts)
            raise
