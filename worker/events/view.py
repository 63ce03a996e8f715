"""One frame as the tracker sees it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.messages import Box, Detection
from worker.events.track import Track


@dataclass(frozen=True)
class View:
    """One frame: ``now`` is its instant in seconds, sizes are in pixels.

    ``frame_id`` names the frame within its camera; ids of tracks that begin in it start with it.
    ``scanned`` are the parts in which faces were looked for, ``None`` is everywhere.
    """

    frame_id: str
    now: float
    width: int
    height: int
    detections: Sequence[Detection]
    scanned: Sequence[Box] | None = None

    def looked_for(self, track: Track) -> bool:
        """Whether a track's face, where it should be now or where it was last seen, lies in a part that was scanned.

        Who has left the place where he was last seen has changed the picture there, so it was scanned.
        """
        if self.scanned is None:
            return True
        places = (track.box_at(self.now), track.box)
        return any(_holds(part, place) for part in self.scanned for place in self._visible(places))

    def _visible(self, places: Iterable[Box]) -> list[Box]:
        """As much of each as lies in the picture; a face may reach beyond it, what was scanned does not."""
        cut = [
            Box(max(place.x0, 0), max(place.y0, 0), min(place.x1, self.width), min(place.y1, self.height))
            for place in places
        ]
        return [place for place in cut if place.width > 0 and place.height > 0]


def _holds(part: Box, place: Box) -> bool:
    return part.x0 <= place.x0 and part.y0 <= place.y0 and place.x1 <= part.x1 and place.y1 <= part.y1
