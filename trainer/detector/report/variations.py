"""What scenes are made of, and how often, in words: from the constants of what makes them."""

from trainer.detector import degrade, scenes
from trainer.detector.batches import SCENE_PX
from trainer.detector.swaps import PULLED_DOWN_SHARE
from trainer.report.record import Variation


def variations() -> tuple[Variation, ...]:
    """First the kinds of scenes, then what is done to some of them, then what cameras do to all."""
    return (*_kinds(), *_bare_faces(), *_cameras())


def _kinds() -> tuple[Variation, ...]:
    smallest, largest = scenes.MIN_FACE_PX, SCENE_PX
    return (
        _variation(
            "scene: photograph",
            scenes.PHOTOGRAPH,
            f"a look at it in which one face has {smallest:g} to {scenes.LARGEST_OF_PHOTOGRAPH * largest:.0f} px, "
            f"enlarged at most {scenes.MAX_ZOOM:g} times; those with a bare face come twice as often",
        ),
        _variation(
            "scene: picture of one face",
            scenes.SINGLE,
            f"of {smallest:g} to {scenes.LARGEST_OF_SINGLE * largest:.0f} px, {scenes.BARE_SHARE:.0%} bare",
        ),
        _variation("scene: mosaic", scenes.MOSAIC, "2 x 2 to 4 x 4 of these, or of places without a face"),
        _variation("scene: cut-outs", scenes.CUT_OUTS, "1 to 8 heads or other things set on a backdrop"),
        _variation(
            "scene: close-up",
            scenes.CLOSE_UP,
            f"within a face {scenes.CLOSE_UP_SIDES[0]:g} to {scenes.CLOSE_UP_SIDES[1]:g} times the scene, which is "
            "none",
        ),
        _variation("scene: no face", scenes.NO_FACE, "drawn rooms, patterns, writing, pieces between faces"),
        _variation(
            "scene: false face",
            scenes.FALSE_FACE,
            f"one that was found on the way, at {scenes.FALSE_FACE_PX[0]:g} to {scenes.FALSE_FACE_PX[1]:g} px; before "
            "that, a photograph",
        ),
    )


def _bare_faces() -> tuple[Variation, ...]:
    return (
        _variation(
            "photographs with bare faces set over masked ones",
            scenes.SWAPPED_PHOTOGRAPHS,
            f"{scenes.SWAPPED_FACES:.0%} of the masked faces; {PULLED_DOWN_SHARE:.0%} of these only down to the nose",
        ),
        _variation("pictures of one masked face, likewise", scenes.SWAPPED_SINGLES, "the face"),
    )


def _cameras() -> tuple[Variation, ...]:
    low, high = degrade.QUALITY
    return (
        _variation("light and colour", 1, "gamma, brightness and each channel"),
        _variation("dark", degrade.DARK, "a quarter to seven tenths of the light"),
        _variation("grey", degrade.GREY, "no colour, as infrared cameras at night"),
        _variation("blurred", degrade.BLURRED, "out of focus, moved, or by a coarse sensor"),
        _variation("noise", degrade.NOISY, "2 to 22 of 255 standard deviation"),
        _variation("compressed", degrade.COMPRESSED, f"JPEG of quality {low} to {high}"),
        _variation("mirrored", degrade.MIRRORED, "left and right swapped"),
    )


def _variation(name: str, how_often: float, how_much: str) -> Variation:
    return Variation(name=name, how_often=how_often, how_much=how_much)
