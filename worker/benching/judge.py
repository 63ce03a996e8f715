"""Cases of the events stage: results judged, counted and committed on a real server."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast

import redis

from shared import leases
from shared.leases import Lease
from shared.messages import FrameOutcome, FrameResult
from shared.settings import EventsSettings
from shared.streams import RESULT, CheckpointField, KeySpace
from worker.benching.cases import Case
from worker.benching.clocks import with_server
from worker.benching.scenes import Scene
from worker.events import checkpoint
from worker.events.camera_stage import CameraStage, Entry
from worker.events.checkpoint import Ledger
from worker.events.rules import rules_of

KEYS = KeySpace()
BATCHES = (1, 8)
USUAL_BATCH = 1  # a camera's results come one by one unless the stage is behind
_FPS = 5.0


def judging(scene: Scene, state: redis.Redis, settings: EventsSettings) -> Iterator[Case]:
    """A camera's results from parsing to commit; the library writes what the last commit wrote."""
    for size in BATCHES:
        judged = _Judged(scene, state, f"bench-judge-{size}", settings, size)
        yield Case(
            stage="judge",
            variant=f"{size} result{'s' if size > 1 else ''} a commit",
            item="frame",
            bare_call="json.loads each, WATCH, HINCRBY + HSET, EXEC",
            bare=judged.bare.commit,
            ours=judged.take,
            items=size,
            a_frame=float(size == USUAL_BATCH),
            clock=with_server(state),
            prepare=judged.prepare,
        )


class _Judged:
    """One camera's stage with results that wait for it."""

    def __init__(self, scene: Scene, state: redis.Redis, camera: str, settings: EventsSettings, size: int) -> None:
        lease = leases.acquire(state, KEYS.events_lease(camera), "bench", leases.MAX_TTL_MS)
        if lease is None:
            raise RuntimeError(f"another process judges {camera}")
        self._stage = _stage(state, camera, lease, settings)
        self._results = _Results(scene, camera)
        self._size = size
        self._waiting: list[Entry] = []
        self._stage.take(self._results.next(size))
        self.bare = _BareCommit(state, camera, _Results(scene, camera).next(size))

    def prepare(self) -> None:
        """Have results waiting, and know what a commit writes by now."""
        self._waiting = self._waiting or self._results.next(self._size)
        self.bare.prepare()

    def take(self, _: int) -> object:
        """Judge what waits."""
        waiting, self._waiting = self._waiting, []
        return self._stage.take(waiting)


def _stage(state: redis.Redis, camera: str, lease: Lease, settings: EventsSettings) -> CameraStage:
    ledger = Ledger(state, KEYS, camera, settings.history_days, keeps_snapshots=False)
    window = timedelta(seconds=settings.reorder_window_s)
    return CameraStage(camera, lease, ledger, checkpoint.load(state, KEYS, camera), rules_of(settings), window)


class _Results:
    """Entries of a results stream without an end: the scene's judged pictures over and over, five a second."""

    def __init__(self, scene: Scene, camera: str) -> None:
        self._scene = scene
        self._camera = camera
        self._began = datetime.now(UTC)
        self._numbers = count()

    def next(self, size: int) -> list[Entry]:
        return [self._entry(next(self._numbers)) for _ in range(size)]

    def _entry(self, number: int) -> Entry:
        width, height = self._scene.size
        result = FrameResult(
            camera=self._camera,
            epoch=1,
            sequence=number,
            captured_at=self._began + timedelta(seconds=number / _FPS),
            on_overload="drop_oldest",
            width=width,
            height=height,
            outcome=FrameOutcome.PROCESSED,
            detections=self._scene.judged[number % len(self._scene.judged)].detections,
            worker="bench",
            detector="maskwatch",
            model_version=1,
        )
        return f"{number + 1}-0".encode(), {RESULT: result.model_dump_json().encode()}


class _BareCommit:
    """The commands of a commit, with the fields and the state that the stage has written by now, to keys beside it."""

    def __init__(self, state: redis.Redis, camera: str, entries: list[Entry]) -> None:
        self._state = state
        self._entries = entries
        self._camera = camera
        self._counts: list[bytes] = []
        self._checkpoint: dict[Any, Any] = {}

    def prepare(self) -> None:
        self._counts = list(cast("dict[bytes, bytes]", self._state.hgetall(KEYS.counts(self._camera))))
        self._checkpoint = dict(self._state.hgetall(KEYS.checkpoint(self._camera)))

    def commit(self, _: int) -> object:
        for _id, fields in self._entries:
            json.loads(fields[RESULT])
        beside = f"{self._camera}-bare"
        with self._state.pipeline(transaction=True) as transaction:
            transaction.watch(KEYS.events_lease(self._camera))  # type: ignore[no-untyped-call]
            transaction.hmget(KEYS.events_lease(self._camera), ["owner", "token"])
            transaction.hget(KEYS.checkpoint(self._camera), CheckpointField.COMMITS)
            transaction.multi()
            for key in (KEYS.counts(beside), KEYS.epoch_counts(beside, 1), KEYS.history(beside, 0)):
                for name in self._counts:
                    transaction.hincrby(key, name, 1)
                transaction.expire(key, 86_400)
            transaction.hset(KEYS.checkpoint(beside), mapping=self._checkpoint)
            return transaction.execute()
