"""The picture of known faces: one portrait without and one with a mask, drawn for the detectors that there are."""

import cv2
import numpy as np

from producer.sources.demo.figure import Pixels, figure
from shared.heartbeat_faces import HEIGHT, WIDTH

_SCALE = 0.85  # makes a face about 78 pixels wide
_SIDE_PX = 320  # of a figure before it is scaled
_WALL = (196, 206, 210)  # blue, green, red
# Pale: behind the blue cloth of the demo feed the Haar cascade finds no face.
_CLOTH = (200, 205, 215)
_QUALITY = 92


def known_faces(*, left_masked: bool = False, right_masked: bool = True) -> bytes:
    """A JPEG of two people before a wall, one in the middle of each half; the same bytes each time."""
    picture = np.full((HEIGHT, WIDTH, 3), _WALL, np.uint8)
    for centre, is_masked in ((WIDTH / 4, left_masked), (WIDTH * 3 / 4, right_masked)):
        picture = _placed(picture, figure(is_masked, _CLOTH), centre - _SIDE_PX * _SCALE / 2)
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes()


def _placed(picture: Pixels, person: Pixels, left: float) -> Pixels:
    where = np.array([[_SCALE, 0, left], [0, _SCALE, HEIGHT - _SIDE_PX * _SCALE]])
    moved = cv2.warpAffine(person, where, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    share = moved[..., 3:].astype(np.float32) / 255
    return np.asarray(picture * (1 - share) + moved[..., :3] * share, dtype=np.uint8)
