"""Drawing what was found: boxes, labels and confidences that a person can read."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np

from shared.messages import Box, Detection, Label
from worker.detectors import Picture
from worker.offline import VideoFormat

Colour = tuple[int, int, int]  # BGR

COLOURS: dict[Label, Colour] = {
    Label.WITH_MASK: (60, 150, 30),
    Label.WITHOUT_MASK: (40, 40, 215),
    Label.INCORRECT_MASK: (0, 150, 240),
}
NAMES = {
    Label.WITH_MASK: "mask",
    Label.WITHOUT_MASK: "no mask",
    Label.INCORRECT_MASK: "worn wrongly",
}
FONT = cv2.FONT_HERSHEY_SIMPLEX
WHITE = (255, 255, 255)


def annotated(picture: Picture, detections: Sequence[Detection]) -> Picture:
    """A copy of a BGR picture with a box and a label for each detection, sized to the picture."""
    drawn = picture.copy()
    thickness = max(1, round(min(picture.shape[:2]) / 300))
    for detection in detections:
        x0, y0, x1, y1 = (round(value) for value in detection.box)
        cv2.rectangle(drawn, (x0, y0), (x1, y1), COLOURS[detection.label], thickness, cv2.LINE_AA)
    # Labels last, so that no other face's box crosses a text.
    taken: list[Box] = [detection.box for detection in detections]
    for detection in detections:
        taken.append(_draw_label(drawn, detection, taken))
    return drawn


def write_picture(path: Path, picture: Picture) -> None:
    """Write a picture in the format that the file's name says.

    Raises:
        OSError: the folder cannot be written to, or the name says no format that is known.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        is_written = cv2.imwrite(str(path), picture)
    except cv2.error as error:
        raise OSError(f"{path} does not name a picture format") from error
    if not is_written:
        raise OSError(f"{path} cannot be written")


class VideoWriter:
    """Writes pictures as an H.264 video of the size and rate of the source; a context manager."""

    def __init__(self, path: Path, video: VideoFormat) -> None:
        """Create the file and its folder.

        Raises:
            OSError: it cannot be created.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._container = av.open(str(path), "w", format="mp4")
        rate = Fraction(video.frames_per_second).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "veryfast"})
        # H.264 in 4:2:0 has even sizes only; one more row or column, repeated from the edge.
        self._pad = (video.height % 2, video.width % 2)
        self._stream.width, self._stream.height = video.width + self._pad[1], video.height + self._pad[0]
        self._stream.pix_fmt = "yuv420p"

    def __enter__(self) -> Self:
        """Write to it within the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Flush and close."""
        self._container.mux(self._stream.encode(None))
        self._container.close()

    def write(self, picture: Picture) -> None:
        """Append a BGR picture of the video's size."""
        bottom, right = self._pad
        padded = cv2.copyMakeBorder(picture, 0, bottom, 0, right, cv2.BORDER_REPLICATE) if any(self._pad) else picture
        frame = av.VideoFrame.from_ndarray(np.asarray(padded, np.uint8, order="C"), format="bgr24")
        self._container.mux(self._stream.encode(frame))


def _draw_label(drawn: Picture, detection: Detection, taken: Sequence[Box]) -> Box:
    """Draw a detection's text on a filled plate beside its face; returns the plate."""
    text = f"{NAMES[detection.label]} {detection.confidence:.0%}"
    scale, thickness = _text_size(drawn)
    (width, height), baseline = cv2.getTextSize(text, FONT, scale, thickness)
    margin = max(2, height // 3)
    plate_w, plate_h = width + 2 * margin, height + baseline + margin
    plate = _free_place(detection.box, plate_w, plate_h, drawn, taken)
    x, y = round(plate.x0), round(plate.y0)
    cv2.rectangle(drawn, (x, y), (x + plate_w - 1, y + plate_h - 1), COLOURS[detection.label], cv2.FILLED)
    at = (x + margin, y + plate_h - baseline - margin // 2)
    cv2.putText(drawn, text, at, FONT, scale, WHITE, thickness, cv2.LINE_AA)
    return plate


def _text_size(drawn: Picture) -> tuple[float, int]:
    """Font scale and thickness: legible when the whole picture fills a screen, and never below 11 px high."""
    scale = max(0.4, min(drawn.shape[:2]) / 1100)
    return scale, max(1, round(scale * 1.6))


def _free_place(box: Box, width: int, height: int, drawn: Picture, taken: Sequence[Box]) -> Box:
    """Where a plate covers the least of faces and other plates: above, below, right or left of the face."""
    centre_x, _ = box.centre
    corners = [
        (box.x0, box.y0 - height), (box.x0, box.y1), (box.x1 - width, box.y0 - height), (box.x1 - width, box.y1),
        (box.x1, box.y0), (box.x0 - width, box.y0), (centre_x - width / 2, box.y0 - 2 * height),
        (centre_x - width / 2, box.y1 + height),
    ]  # fmt: skip
    places = [_inside(Box(x, y, x + width, y + height), drawn) for x, y in corners]
    return min(places, key=lambda place: sum(_overlap(place, other) for other in taken))


def _inside(plate: Box, drawn: Picture) -> Box:
    rows, columns = drawn.shape[:2]
    x = max(0.0, min(plate.x0, columns - plate.width))
    y = max(0.0, min(plate.y0, rows - plate.height))
    return Box(x, y, x + plate.width, y + plate.height)


def _overlap(one: Box, other: Box) -> float:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(width, 0.0) * max(height, 0.0)
