"""Looks of a network at parts of pictures: laid side by side on canvases, run, and told apart again."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from shared.detector_manifest import DetectorManifest
from worker.detectors.cells import decode
from worker.detectors.detector import Each, Patch, Picture, Size
from worker.detectors.mosaic import Mosaic, packed
from worker.networks import Floats, Network

Canvas = npt.NDArray[np.uint8]  # height x width x 3


class Look(NamedTuple):
    """One look at an area of a picture, a number in a list of these, at a scale."""

    picture: int
    area: Patch
    scale: float

    @property
    def shown(self) -> Size:
        """Width and height on the canvas."""
        return (
            max(1, round((self.area.x1 - self.area.x0) * self.scale)),
            max(1, round((self.area.y1 - self.area.y0) * self.scale)),
        )


class Sighted(NamedTuple):
    """Boxes (n, 4) in pixels of the picture, several of one face, and their logits (n,)."""

    boxes: Floats
    logits: Floats


class Looker:
    """Runs one network over looks."""

    def __init__(self, network: Network, manifest: DetectorManifest) -> None:
        """Feed ``network`` as ``manifest`` says."""
        self._network = network
        self._manifest = manifest

    def look(self, looks: Sequence[Look], pictures: Sequence[Picture], each: Each, least_logit: float) -> list[Sighted]:
        """What each look shows, in their order; ``each`` spreads the canvases."""
        mosaic = packed([look.shown for look in looks])
        found: dict[int, Sighted] = {}
        for on_canvas in each(
            lambda canvas: self._look_at(canvas, mosaic, looks, pictures, least_logit), range(len(mosaic.canvases))
        ):
            found |= on_canvas
        return [found[number] for number in range(len(looks))]

    def _look_at(
        self, canvas: int, mosaic: Mosaic, looks: Sequence[Look], pictures: Sequence[Picture], least_logit: float
    ) -> dict[int, Sighted]:
        here = [number for number, place in enumerate(mosaic.places) if place.canvas == canvas]
        drawn = self._empty(mosaic.canvases[canvas])
        for number in here:
            _draw(looks[number], pictures, drawn, (mosaic.places[number].x, mosaic.places[number].y))
        boxes, logits = decode(self._maps(drawn), self._manifest.strides, least_logit)
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        sighted = {}
        for number in here:
            look, origin = looks[number], np.array(mosaic.places[number][1:], np.float32)
            is_inside = ((centres >= origin) & (centres < origin + look.shown)).all(axis=1)
            shift = np.array(look.area[:2], np.float32) - origin / np.float32(look.scale)
            own = boxes[is_inside] / np.float32(look.scale) + np.tile(shift, 2)
            sighted[number] = Sighted(own, logits[is_inside])
        return sighted

    def _empty(self, size: Size) -> Canvas:
        takes = self._manifest.input
        width, height = (-(-side // takes.multiple) * takes.multiple for side in size)
        return np.full((height, width, 3), takes.padding, np.uint8)

    def _maps(self, canvas: Canvas) -> list[Floats]:
        """The network's maps of a canvas, finest first, (rows, columns, 5) each."""
        parts = sorted(
            (each[0] for each in self._network.outputs(_numbers(canvas, self._manifest))),
            key=lambda part: (-part.shape[0], part.shape[2]),
        )
        of_level = len(parts) // len(self._manifest.strides)
        return [np.concatenate(parts[i : i + of_level], axis=2) for i in range(0, len(parts), of_level)]


def _draw(look: Look, pictures: Sequence[Picture], canvas: Canvas, at: tuple[int, int]) -> None:
    (x, y), (width, height) = at, look.shown
    x0, y0, x1, y1 = look.area
    picture, room = pictures[look.picture][y0:y1, x0:x1], canvas[y : y + height, x : x + width]
    if look.scale == 1:
        room[:] = picture
        return
    method = cv2.INTER_AREA if look.scale < 1 else cv2.INTER_LINEAR
    cv2.resize(picture, (width, height), dst=room, interpolation=method)


def _numbers(canvas: Canvas, manifest: DetectorManifest) -> npt.NDArray[Any]:
    """BGR pixels as the network takes them, a batch of one."""
    takes = manifest.input
    ordered = canvas if takes.order == "bgr" else np.ascontiguousarray(canvas[..., ::-1])
    if takes.dtype == "uint8":
        return ordered[None]
    return np.asarray(ordered * np.float32(takes.scale) + np.float32(takes.offset), np.float32)[None]
