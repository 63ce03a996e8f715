"""Step 2 in words: what ``trainer.augmentation`` does to training pictures. Whoever changes that changes this."""

from trainer.augmentation import LARGEST_FACE_PX, SMALLEST_FACE_PX
from trainer.report.record import Variation

SEEN_SMALL = 0.6


def variations() -> tuple[Variation, ...]:
    """Each thing that is done, how often and how much, in the order in which a camera spoils a picture."""
    return (
        _variation("flipped", 0.5, "left and right swapped"),
        _variation(
            "framed anew", 1, "0.77 to 1.25 times as large, moved by up to 10% of the side, squeezed by up to 8%"
        ),
        _variation("rotated", 1, "by an angle of 9 degrees standard deviation"),
        _variation("cut off", 0.25, "up to 12% at each edge, replaced by repeating what is next to it"),
        _variation("grey", 0.12, "no colour, as infrared cameras at night"),
        _variation("colours", 0.44, "saturation 0.4 to 1.5, each channel 0.88 to 1.12"),
        _variation("light", 1, "contrast 0.6 to 1.35, brightness 0.09 and logarithm of gamma 0.25 standard deviation"),
        _variation("blurred", 0.15, "out of focus by 0.5 to 2.2 pixels, or moved by 3 to 8 pixels"),
        _variation(
            "seen small",
            SEEN_SMALL,
            f"shrunk to a face of {SMALLEST_FACE_PX} to {LARGEST_FACE_PX} pixels and enlarged again,"
            " 40% of them with noise, 60% compressed",
        ),
        _variation("compressed", (1 - SEEN_SMALL) * 0.3, "JPEG of quality 25 to 91"),
    )


def _variation(name: str, how_often: float, how_much: str) -> Variation:
    return Variation(name=name, how_often=how_often, how_much=how_much)
