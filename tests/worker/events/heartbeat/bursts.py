"""Bursts of known faces in a test's hands: what a worker says of them, and what was told of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import redis

from shared.heartbeat_faces import FRAME_INTERVAL_S, FRAMES, HEIGHT, WIDTH, HeartbeatField
from shared.messages import Box, Detection, FrameOutcome, FrameResult, Label
from shared.streams import HEARTBEAT, HEARTBEAT_CAMERA, RESULT, KeySpace

BARE, MASKED = Label.WITHOUT_MASK, Label.WITH_MASK
_LEFT, _RIGHT = Box(122, 158, 199, 243), Box(442, 157, 520, 245)


def faces(left: Label = BARE, right: Label = MASKED) -> tuple[Detection, ...]:
    """What is found in the picture; as it should be unless told otherwise."""
    return tuple(Detection(box=box, label=label, confidence=0.999) for box, label in ((_LEFT, left), (_RIGHT, right)))


def results(
    epoch: int, detections: Sequence[Detection] | None = None, sent_at: datetime | None = None, **values: object
) -> list[FrameResult]:
    """A burst's results, judged right unless told otherwise."""
    return [
        FrameResult.model_validate(
            {
                "camera": HEARTBEAT_CAMERA,
                "epoch": epoch,
                "sequence": sequence,
                "captured_at": (sent_at or datetime.now(UTC)) + timedelta(seconds=sequence * FRAME_INTERVAL_S),
                "on_overload": "drop_oldest",
                "width": WIDTH,
                "height": HEIGHT,
                "outcome": FrameOutcome.PROCESSED,
                "detections": faces() if detections is None else detections,
                "model_version": 7,
                "detector": "maskwatch",
                **values,
            }
        )
        for sequence in range(FRAMES)
    ]


def sent(state: redis.Redis, epoch: int) -> None:
    """As if a producer had sent bursts up to this one."""
    state.hsetnx(HEARTBEAT, HeartbeatField.STREAM_ID, "0-0")
    state.hset(HEARTBEAT, HeartbeatField.EPOCH, epoch)


def publish(frames: redis.Redis, *judged: FrameResult) -> None:
    """As a worker does."""
    for each in judged:
        fields: dict[Any, Any] = {RESULT: each.model_dump_json()}
        frames.xadd(KeySpace().results(HEARTBEAT_CAMERA), fields)


def told(state: redis.Redis) -> dict[str, str]:
    """The heartbeat's hash."""
    found = cast("dict[bytes, bytes]", state.hgetall(HEARTBEAT))
    return {field.decode(): value.decode() for field, value in found.items()}


def outcomes(state: redis.Redis) -> dict[str, int]:
    """How many bursts had which outcome."""
    return {
        field.partition(":")[2]: int(value)
        for field, value in told(state).items()
        if field.startswith(f"{HeartbeatField.OUTCOME}:")
    }
