"""What a judge gives out, and what it remembers."""

from collections import Counter
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from shared.messages import Violation
from worker.events.camera_clock import CameraClock
from worker.events.doubt import Doubt
from worker.events.track import Track


@dataclass
class Verdict:
    """What a stretch of frames added: counts by field, violations by id as they now stand, snapshots by id, doubts."""

    counts: Counter[str] = field(default_factory=Counter)
    violations: dict[str, list[Violation]] = field(default_factory=dict)  # id -> its changes, in order
    snapshots: dict[str, bytes] = field(default_factory=dict)  # violation id -> JPEG
    doubts: list[Doubt] = field(default_factory=list)


class JudgeState(BaseModel):
    """All that a judge remembers; instants are the camera clock's."""

    tracks: list[Track] = []
    clock: CameraClock = Field(default_factory=CameraClock)
    size: tuple[int, int] | None = None  # of the last picture, in pixels
    last_frame_at: float | None = None
    model_version: int = 0
    detector: str = ""
    doubted_at: float | None = None
