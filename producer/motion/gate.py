"""Decides for each frame of a live camera whether it is sent, and where workers look: no clock, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from producer.motion.arrays import Floats
from producer.motion.differences import smoothed
from producer.motion.regions import CellBox, HeldBoxes, area_of, boxes_around
from producer.motion.scene import Scene
from producer.motion.sensitivity import SENSITIVITIES
from producer.sources.base import Luma
from shared.cameras import Motion
from shared.messages import Box
from shared.zones import Zone

# Regions that take more than this share of the picture give way to all of it: workers would scan the whole
# anyway, and so it counts as a keyframe.
_MOST_SHARE = 0.6
_SLACK_S = 0.001  # frames come at no exact times


@dataclass(frozen=True)
class Look:
    """Whether a frame is to be sent, and where something moved in it.

    ``regions`` are in pixels of the full picture and lie within it, 1 to ``MAX_REGIONS``; ``None`` is a
    keyframe, to be scanned whole, or a frame that is not sent.
    """

    is_wanted: bool
    regions: tuple[Box, ...] | None = None


KEYFRAME, UNCHANGED = Look(is_wanted=True), Look(is_wanted=False)


class MotionGate:
    """One camera's gate. A frame that it lets through is taken to be sent and scanned.

    Frames are compared with what was last scanned, so that slow movement adds up until it is seen.
    """

    def __init__(self, sensitivity: Motion, keyframe_interval_s: float, zones: Sequence[Zone] = ()) -> None:
        """``off`` lets everything through; a whole picture goes at least every ``keyframe_interval_s`` seconds.

        That attribute may be changed at any time.
        """
        self._sensitivity = None if sensitivity == "off" else SENSITIVITIES[sensitivity]
        self.keyframe_interval_s = keyframe_interval_s
        self._zones = tuple(zones)
        self._scene: Scene | None = None
        self._held = HeldBoxes()
        self._size = (0, 0)
        self._keyframe_at = self._looked_at = 0.0

    def look(self, luma: Luma, width: int, height: int, now: float) -> Look:
        """Judge the next frame, captured at ``now`` in monotonic seconds.

        ``luma`` is its brightness, reduced; ``width`` and ``height`` are those of the full picture.
        """
        if self._sensitivity is None:
            return KEYFRAME
        picture = smoothed(luma)
        passed_s, self._looked_at = now - self._looked_at, now
        scene = self._scene
        if scene is None or self._size != (width, height) or not scene.has_shape_of(picture):
            self._scene = Scene(picture, self._zones, self._sensitivity)
            self._size, self._held, self._keyframe_at = (width, height), HeldBoxes(), now
            return KEYFRAME
        return self._judged(scene, picture, passed_s)

    def _judged(self, scene: Scene, picture: Floats, passed_s: float) -> Look:
        now = self._looked_at
        comparison = scene.compare(picture)
        motion = scene.motion(comparison, passed_s)
        boxes = self._held.update(boxes_around(motion.cells), now) if motion.any else []
        # The next frame will be as far from this one as this is from the last: later than it may be.
        is_due = now + passed_s > self._keyframe_at + self.keyframe_interval_s + _SLACK_S
        is_all = motion.any and (motion.is_global or area_of(boxes) > _MOST_SHARE * motion.cells.size)
        if is_due or is_all:
            scene.scan_whole(picture)
            self._keyframe_at = now
            return KEYFRAME
        if not boxes:
            return UNCHANGED
        scene.scan_parts(comparison, boxes)
        return Look(is_wanted=True, regions=self._in_pixels(boxes, scene.cells))

    def _in_pixels(self, boxes: Sequence[CellBox], cells: tuple[int, int]) -> tuple[Box, ...]:
        width, height = self._size
        return tuple(box.scaled(cells, width, height) for box in boxes)
