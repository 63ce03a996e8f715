"""False faces of a half-taught network, to be shown to it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.detector.album import Boxes, Page, ious
from trainer.detector.measuring import Find

LEAST_SIDE_PX = 12.0
APART_IOU = 0.2  # from every face, and from all that may be one


@dataclass(frozen=True)
class FalseFaces:
    """Boxes (n, 4), and the number of the page that each is on (n,), found at one of several looks."""

    pages: np.ndarray[tuple[int], np.dtype[np.int64]]
    boxes: Boxes
    look: int = 0  # counted from 1

    def save(self, path: Path) -> None:
        """Write them, whole or not at all."""
        partial = path.with_name(f"partial-{path.name}")
        np.savez(partial, pages=self.pages, boxes=self.boxes, look=self.look)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "FalseFaces":
        """What ``save`` wrote; none where there is no such file."""
        if not path.is_file():
            return cls(np.zeros(0, np.int64), np.zeros((0, 4), np.float32))
        with np.load(path) as stored:
            return cls(stored["pages"], stored["boxes"], int(stored["look"]))

    def on(self, pages: Sequence[Page]) -> list[tuple[Page, Boxes]]:
        """Each with its page, of the pages that were mined."""
        return [(pages[int(page)], box) for page, box in zip(self.pages, self.boxes, strict=True)]


def mine(find: Find, pages: Sequence[Page], look: int = 1) -> FalseFaces:
    """What a detector takes for a face on pages, and neither annotators nor the teacher did."""
    numbers, boxes = [], []
    for number, page in enumerate(pages):
        known = np.concatenate([page.faces, page.unclear])
        for box in find(page.pixels)[0]:
            is_apart = not len(known) or ious(box, known).max() < APART_IOU
            if is_apart and (box[2:] - box[:2]).min() >= LEAST_SIDE_PX:
                numbers.append(number)
                boxes.append(box)
    return FalseFaces(np.array(numbers, np.int64), np.array(boxes, np.float32).reshape(-1, 4), look)
