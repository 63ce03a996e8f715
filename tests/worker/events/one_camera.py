"""One camera's events stage over a stream of results in a test's hands, and all that it wrote."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import redis

from shared import leases
from shared.messages import FrameResult
from shared.streams import RESULT, CheckpointField, KeySpace
from worker.events import checkpoint
from worker.events.camera_stage import CameraStage, Entry
from worker.events.rules import Rules
from worker.events.tracker import Limits

KEYS = KeySpace()
CAMERA = "gate"


def take_camera(state: redis.Redis, owner: str, camera: str = CAMERA) -> CameraStage:
    """The camera's stage in the hands of an owner, whose lease ends that of any other."""
    state.hset(KEYS.events_lease(camera), "expires_at_ms", 0)
    lease = leases.acquire(state, KEYS.events_lease(camera), owner, 60_000)
    assert lease is not None
    ledger = checkpoint.Ledger(state, KEYS, camera, 7, keeps_snapshots=True)
    stored = checkpoint.load(state, KEYS, camera)
    return CameraStage(camera, lease, ledger, stored, Rules(limits=Limits(2.0)), timedelta(seconds=1))


def as_stream(results: Sequence[FrameResult]) -> list[Entry]:
    """Entries as the frames server has them: ids rise, 100 ms apart."""
    return [
        (f"{100 * n + 1000}-0".encode(), {RESULT: each.model_dump_json().encode(), b"face:0": b"jpeg"})
        for n, each in enumerate(results)
    ]


def unread(stage: CameraStage, stream: Sequence[Entry]) -> list[Entry]:
    """What the stage would read next."""
    return [entry for entry in stream if _parsed(entry[0].decode()) > _parsed(stage.read_to)]


def _parsed(entry_id: str) -> tuple[int, ...]:
    return tuple(int(part) for part in entry_id.split("-"))


def all_written(state: redis.Redis, epoch: int = 1) -> dict[str, Any]:
    """Everything that the stage left, but how often it wrote."""
    history = cast("list[bytes]", state.keys(KEYS.history(CAMERA, 0)[:-1] + "*"))
    hashes = {
        "counts": KEYS.counts(CAMERA),
        "counts of the epoch": KEYS.epoch_counts(CAMERA, epoch),
        "violations": KEYS.violations(CAMERA),
        "snapshot requests": KEYS.snapshot_requests(CAMERA),
        "snapshot faces": KEYS.snapshot_faces(CAMERA),
        "checkpoint": KEYS.checkpoint(CAMERA),
        **{key.decode(): key.decode() for key in history},
    }
    written: dict[str, Any] = {name: dict(cast("Any", state.hgetall(key))) for name, key in hashes.items()}
    for field in (CheckpointField.COMMITS, CheckpointField.STREAM_ID):
        written["checkpoint"].pop(field.encode(), None)
    written["log"] = [fields for _, fields in cast("list[Any]", state.xrange(KEYS.violation_log(CAMERA)))]
    return written
