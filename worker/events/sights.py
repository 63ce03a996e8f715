"""What is known of the people in one frame, for those who watch live."""

from collections.abc import Iterable, Sequence

from shared.messages import Box, Detection, FrameResult
from shared.tracks import FrameTracks, SeenTrack
from shared.zones import Zone, counts_at
from worker.events.publishing import violation_id_of
from worker.events.track import Track


def frame_tracks(
    result: FrameResult, zones: Sequence[Zone], observed: Iterable[tuple[Track, Detection]], still: Iterable[Track]
) -> FrameTracks:
    """One frame: the faces that were found in it, and those that are taken to be where they were."""

    def seen(track: Track, box: Box, detection: Detection | None) -> SeenTrack:
        x, y = box.centre
        return SeenTrack(
            id=track.id,
            box=box,
            label=detection.label if detection else None,
            confidence=detection.confidence if detection else None,
            outcome=track.vote.state,
            violation=violation_id_of(result.camera, track) if track.spell else None,
            is_counted=counts_at(zones, x / result.width, y / result.height),
        )

    found = [seen(track, detection.box, detection) for track, detection in observed]
    there = [seen(track, Box(*(round(value, 1) for value in track.box)), None) for track in still]
    return FrameTracks(
        camera=result.camera,
        epoch=result.epoch,
        sequence=result.sequence,
        captured_at=result.captured_at,
        frame_entry_id=result.frame_entry_id,
        width=result.width,
        height=result.height,
        tracks=(*found, *there),
    )
