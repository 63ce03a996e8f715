"""What only the local report shows: photographs of people."""

from dataclasses import dataclass

from trainer.detector.album import Pixels


@dataclass(frozen=True)
class Worst:
    """A photograph with what went wrong in it drawn in."""

    part: str
    name: str
    words: str  # each missed and false face, and of which kind it is
    pixels: Pixels  # RGB
