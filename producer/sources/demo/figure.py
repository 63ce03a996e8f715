"""The person of the demo feeds: cut out of a public-domain portrait, with a drawn surgical mask if wanted."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

PORTRAIT = Path(__file__).with_name("portrait.jpg")

# All outlines are in pixels of the portrait.
# fmt: off
_SILHOUETTE = [
    (90, 85), (96, 50), (114, 28), (146, 16), (176, 15), (206, 26), (227, 45), (236, 75), (231, 104), (217, 126),
    (206, 140), (203, 158), (196, 172), (216, 190), (232, 214), (242, 245), (266, 256), (286, 290), (294, 320),
    (10, 320), (16, 284), (30, 254), (52, 222), (53, 186), (62, 168), (82, 153), (117, 149), (116, 134),
    (107, 128), (106, 118), (95, 104),
]
_HEM = [(118, 121), (136, 114), (149, 107), (160, 104), (172, 108), (186, 116), (206, 124)]
_MASK = [*_HEM, (204, 144), (196, 162), (181, 177), (160, 184), (140, 180), (125, 167), (118, 146)]
# fmt: on
_STRAPS = ([(119, 122), (109, 117)], [(122, 160), (108, 128)], [(205, 125), (214, 121)], [(198, 160), (213, 131)])
_MASK_BLUE = (222, 198, 152)  # as all colours: blue, green, red
_WHITE = (238, 238, 236)


def figure(has_mask: bool, cloth: tuple[int, int, int] = _MASK_BLUE) -> Pixels:
    """The person as BGRA pixels, 320 x 320, transparent around the silhouette; a mask is made of ``cloth``."""
    portrait = cv2.imread(str(PORTRAIT), cv2.IMREAD_COLOR)
    if portrait is None:
        raise FileNotFoundError(PORTRAIT)
    dressed = _with_mask(portrait.astype(np.uint8), cloth) if has_mask else portrait
    opacity = _filled(_SILHOUETTE, blur_px=3)
    return np.dstack([dressed, (opacity * 255).astype(np.uint8)]).astype(np.uint8)


def _with_mask(portrait: Pixels, colour: tuple[int, int, int]) -> Pixels:
    picture = portrait.copy()
    for start, end in _STRAPS:
        cv2.line(picture, start, end, _WHITE, 2, cv2.LINE_AA)
    cover = _filled(_MASK, blur_px=1.2)[..., None]
    return (picture * (1 - cover) + _cloth(colour) * cover).astype(np.uint8)


def _cloth(colour: tuple[int, int, int]) -> npt.NDArray[np.float64]:
    """Folded cloth for the whole portrait: darker towards its sides and chin, three pleats, a white upper hem."""
    y, x = np.mgrid[0:320, 0:320].astype(np.float64)
    fall = 1.03 - 0.28 * ((x - 158) / 45) ** 2 - 0.16 * np.clip((y - 140) / 44, 0, 1) ** 2
    sag = y + 6 * ((x - 160) / 45) ** 2  # pleats hang lower in the middle
    for pleat in (130, 145, 160):
        fall -= 0.14 * np.exp(-(((sag - pleat) / 1.3) ** 2))
        fall += 0.06 * np.exp(-(((sag - pleat - 3) / 1.6) ** 2))
    cloth = np.multiply.outer(fall, np.array(colour, dtype=np.float64))
    hem = np.zeros((320, 320), np.uint8)
    cv2.polylines(hem, [np.array(_HEM, np.int32)], False, 255, 4, cv2.LINE_AA)
    share = cv2.GaussianBlur(hem, (0, 0), 0.8)[..., None] / 255 * 0.8
    return np.asarray(np.clip(cloth * (1 - share) + np.array(_WHITE) * share, 0, 255), np.float64)


def _filled(outline: list[tuple[int, int]], blur_px: float) -> npt.NDArray[np.float64]:
    """A share of 0 to 1 for each pixel, 1 inside the outline, with a soft edge."""
    area = np.zeros((320, 320), np.uint8)
    cv2.fillPoly(area, [np.array(outline, np.int32)], 255, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(area, (0, 0), blur_px) / 255, np.float64)
