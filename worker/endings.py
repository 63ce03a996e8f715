"""The results that entries end with."""

from collections.abc import Mapping
from typing import Self

from shared.messages import Box, DeadLetterReason, Detection, DropReason, FrameOutcome, FrameResult
from worker.decoding import PoisonEntry
from worker.entries import DecodedFrame, Ending, Frame
from worker.pipeline import JudgedPicture


class Endings:
    """Makes endings that name the worker, detector and model they come from."""

    def __init__(self, worker_id: str, detector: str, model_version: int) -> None:
        """Note what stands in every result."""
        self._worker_id = worker_id
        self._detector = detector
        self._model_version = model_version

    def of_version(self, model_version: int) -> Self:
        """The same with another model."""
        return type(self)(self._worker_id, self._detector, model_version)

    def processed(self, frame: DecodedFrame, judged: JudgedPicture, faces: Mapping[int, bytes]) -> Ending:
        """A judged frame, with JPEGs of faces by the index of their detection."""
        seconds = {"decode": frame.decode_s, **judged.stage_seconds}
        rounded = {stage: round(value, 6) for stage, value in seconds.items()}
        result = self._result(frame.frame, FrameOutcome.PROCESSED, None, judged.detections, rounded)
        return Ending(frame.frame.entry, result.model_copy(update={"scanned": _scanned(result, judged)}), faces=faces)

    def stale(self, frame: Frame) -> Ending:
        """A live frame that came too late."""
        return Ending(frame.entry, self._result(frame, FrameOutcome.DROPPED, DropReason.STALE))

    def given_up(self, frame: Frame, poison: PoisonEntry) -> Ending:
        """A frame that can never succeed."""
        return Ending(frame.entry, self._result(frame, FrameOutcome.DEAD_LETTERED, poison.reason), poison)

    def _result(
        self,
        frame: Frame,
        outcome: FrameOutcome,
        reason: DropReason | DeadLetterReason | None,
        detections: tuple[Detection, ...] = (),
        stage_seconds: Mapping[str, float] | None = None,
    ) -> FrameResult:
        header = frame.header
        return FrameResult(
            camera=header.camera,
            epoch=header.epoch,
            sequence=header.sequence,
            captured_at=header.captured_at,
            on_overload=header.on_overload,
            width=header.width,
            height=header.height,
            outcome=outcome,
            reason=reason,
            detections=detections,
            clock_step_s=header.clock_step_s,
            frame_entry_id=frame.entry.id,
            worker=self._worker_id,
            detector=self._detector,
            model_version=self._model_version,
            stage_seconds=dict(stage_seconds or {}),
        )


def _scanned(result: FrameResult, judged: JudgedPicture) -> tuple[Box, ...] | None:
    """The parts that were scanned, ``None`` where one of them is the whole picture."""
    parts = tuple(Box(*patch) for patch in judged.patches)
    return None if Box(0, 0, result.width, result.height) in parts else parts
