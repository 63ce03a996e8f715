"""Values for tests, one line each; what a test does not name does not matter to it."""

from datetime import UTC, datetime, timedelta

from shared.messages import (
    Box,
    Detection,
    DropReason,
    FrameOutcome,
    FrameResult,
    Label,
    OnOverload,
)

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def a_detection(
    x: float = 300,
    y: float = 200,
    size: float = 60,
    label: Label = Label.WITHOUT_MASK,
    confidence: float = 0.95,
    face_confidence: float = 0.9,
    appearance: tuple[int, ...] = (),
) -> Detection:
    """A face around a centre."""
    half = size / 2
    return Detection(
        box=Box(x - half, y - half, x + half, y + half),
        label=label,
        confidence=confidence,
        face_confidence=face_confidence,
        appearance=appearance,
    )


def a_result(
    sequence: int = 0,
    *detections: Detection,
    epoch: int = 1,
    fps: float = 5.0,
    dropped: DropReason | None = None,
    on_overload: OnOverload = "wait",
    worker: str = "w1",
) -> FrameResult:
    """A frame's result, at the instant that its sequence number and rate give."""
    return FrameResult(
        camera="gate",
        epoch=epoch,
        sequence=sequence,
        captured_at=BEGIN + timedelta(seconds=sequence / fps),
        on_overload=on_overload,
        width=1280,
        height=720,
        outcome=FrameOutcome.DROPPED if dropped else FrameOutcome.PROCESSED,
        reason=dropped,
        detections=detections,
        worker=worker,
        detector="haar",
        model_version=1,
    )
