"""What a judge gives out, and what it remembers."""

from collections import Counter
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from shared.messages import SnapshotRequest, Violation
from shared.streams import CountField
from shared.tracks import FrameTracks
from worker.events.camera_clock import CameraClock
from worker.events.doubt import Doubt
from worker.events.track import Track
from worker.events.watch import Watch


@dataclass(frozen=True)
class Snapshot:
    """A better picture of a violation than those before: the face as a JPEG, and where to find the frame."""

    face: bytes
    request: SnapshotRequest


@dataclass
class Verdict:
    """What a stretch of frames added: counts by field, violations and pictures by id, doubts.

    ``quarter`` is the quarter of an hour in which counts fall that are added now (see ``streams.quarter_of``).
    """

    quarter: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    by_quarter: dict[int, Counter[str]] = field(default_factory=dict)
    violations: dict[str, list[Violation]] = field(default_factory=dict)  # id -> its changes, in order
    snapshots: dict[str, Snapshot] = field(default_factory=dict)  # violation id -> the best so far
    doubts: list[Doubt] = field(default_factory=list)
    sights: list[FrameTracks] = field(default_factory=list)  # for those who watch live; empty while nobody does

    @property
    def is_news(self) -> bool:
        """Whether it tells of people, or wants a picture kept or shown, and not of frames, faces and time alone."""
        if self.violations or self.snapshots or self.doubts or self.sights:
            return True
        return any(count.startswith(CountField.PEOPLE) for count in self.counts)

    def add(self, count: str, amount: int = 1) -> None:
        """Raise a count, in all and in the quarter."""
        if amount:
            self.counts[count] += amount
            self.by_quarter.setdefault(self.quarter, Counter())[count] += amount


class JudgeState(BaseModel):
    """All that a judge remembers; instants are the camera clock's."""

    tracks: list[Track] = []
    clock: CameraClock = Field(default_factory=CameraClock)
    size: tuple[int, int] | None = None  # of the last picture, in pixels
    last_frame_at: float | None = None
    watch: Watch = Field(default_factory=Watch)
    model_version: int = 0
    detector: str = ""
    doubted_at: float | None = None
