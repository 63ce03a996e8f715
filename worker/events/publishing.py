"""What is told of a violation: its record, and the request for its picture."""

from collections.abc import Callable
from datetime import datetime

from shared.messages import Box, Detection, FrameResult, SnapshotRequest, Violation, ViolationState
from worker.events.track import Spell, Track


def violation_id_of(camera: str, track: Track) -> str:
    """The first spell's id is the track's, a later one's says which it is."""
    return f"{camera}-{track.id}" + (f".{track.spells}" if track.spells > 1 else "")


def violation_of(
    camera: str, track: Track, spell: Spell, state: ViolationState, instant: Callable[[float], datetime]
) -> Violation:
    """A track's spell as it stands; ``instant`` tells what the wall clock said at an instant of the camera's."""
    return Violation(
        id=violation_id_of(camera, track),
        camera=camera,
        zone=spell.zone,
        label=spell.label,
        state=state,
        first_seen=instant(spell.first_bare),
        opened_at=instant(spell.opened_at),
        last_seen=instant(spell.last_bare),
        confidence=round(spell.confidence, 4),
        observations=track.vote.observations,
        box=Box(*(round(value, 1) for value in track.counted_box or track.box)),
        model_version=spell.model_version,
        detector=spell.detector,
    )


def request_of(violation_id: str, opened_at: datetime, detection: Detection, result: FrameResult) -> SnapshotRequest:
    """Where the picture of a violation is to be found: in the frame that a result is of."""
    return SnapshotRequest(
        violation=violation_id,
        camera=result.camera,
        opened_at=opened_at,
        captured_at=result.captured_at,
        frame_entry_id=result.frame_entry_id,
        width=result.width,
        height=result.height,
        box=detection.box,
        others=tuple(each.box for each in result.detections if each is not detection),
    )
