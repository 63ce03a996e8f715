"""What a trainer does every second beside training: say that it lives, keep its turn, queue scheduled trainings."""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import redis

from shared import heartbeats
from shared.load_meter import LoadMeter
from shared.messages import ProcessInfo
from trainer.jobs.cron import TrainingCron
from trainer.jobs.turn import Turn

_log = logging.getLogger(__name__)


class Heart:
    """Beats in a thread of its own between ``start`` and ``stop``, also while a training runs."""

    def __init__(
        self,
        state: redis.Redis,
        info: ProcessInfo,
        turn: Turn,
        cron: TrainingCron,
        on_lost: Callable[[], None],
        interval_s: float,
    ) -> None:
        """``on_lost`` is called when another trainer has taken the turn."""
        self._state = state
        self._info = info
        self._turn = turn
        self._cron = cron
        self._on_lost = on_lost
        self._interval_s = interval_s
        self._meter = LoadMeter()
        self._stop = threading.Event()
        self._was_mine = False
        self._is_cut_off = False
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        """Beat from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Give the turn up and say that the process has ended."""
        self._stop.set()
        self._thread.join()
        try:
            self._turn.release()
            heartbeats.remove(self._state, self._info.id)
        except redis.RedisError as error:
            _log.warning("ended without telling the state server: %s", error)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._beat()
                self._is_cut_off = False
            except redis.RedisError as error:
                if not self._is_cut_off:
                    _log.warning("the state server is away: %s", error)
                self._is_cut_off = True
            self._stop.wait(self._interval_s)

    def _beat(self) -> None:
        is_mine = self._turn.refresh()
        # Not while the server is away: nobody else can have taken the turn then.
        if self._was_mine and not is_mine:
            _log.warning("another trainer has the turn now")
            self._on_lost()
        self._was_mine = is_mine
        told = {"heartbeat_at": datetime.now(UTC), "load": self._meter.measure()}
        heartbeats.write(self._state, self._info.model_copy(update=told))
        lease = self._turn.lease
        if lease is not None:
            self._cron.tick(lease)
