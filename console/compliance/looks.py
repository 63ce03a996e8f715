"""From measured figures to what may become of a masked and of a bare face of each size."""

from dataclasses import dataclass
from typing import NamedTuple

from shared.face_sizes import FaceSize
from shared.messages import Label
from shared.recall import FaceFates, RecallFigures

LEAST_FACES = 5  # of either kind; a size with fewer borrows the figures of all sizes


class Fates(NamedTuple):
    """Measured faces of one kind, by what became of them."""

    called_masked: int
    called_bare: int
    not_found: int


class Look(NamedTuple):
    """What was measured of one size. Bare faces are those without a worn mask: none, or one worn wrongly."""

    masked: Fates
    bare: Fates

    @property
    def tells(self) -> bool:
        """Whether what is found says anything of who is there: masked faces are called masked more than bare ones."""
        masked, bare = self.masked, self.bare
        if not sum(masked) or not sum(bare):
            return False
        return masked.called_masked * bare.called_bare > masked.called_bare * bare.called_masked


class Judged(NamedTuple):
    """People of one size that were judged, and what is known of looking at that size."""

    masked: int
    bare: int
    look: Look


@dataclass(frozen=True)
class Looks:
    """Of every size that was measured well enough, and of all sizes together."""

    of_size: tuple[tuple[FaceSize, Look], ...]
    of_all: Look

    def of(self, size: FaceSize | None) -> Look:
        """The figures for people of a size; those of all sizes where it has none of its own."""
        return dict(self.of_size).get(size, self.of_all) if size else self.of_all

    def has(self, size: FaceSize | None) -> bool:
        """Whether a size has figures of its own."""
        return any(own is size for own, _ in self.of_size)


def looks(figures: RecallFigures) -> Looks:
    """What the figures say of each size."""
    measured = {size: _look(figures, size) for size in FaceSize}
    good = tuple(
        (size, look) for size, look in measured.items() if min(sum(look.masked), sum(look.bare)) >= LEAST_FACES
    )
    everything = Look(
        _summed(*(look.masked for look in measured.values())), _summed(*(look.bare for look in measured.values()))
    )
    return Looks(good, everything)


def _look(figures: RecallFigures, size: FaceSize) -> Look:
    bare = [_fates(figures.fates_of(label, size)) for label in (Label.WITHOUT_MASK, Label.INCORRECT_MASK)]
    return Look(_fates(figures.fates_of(Label.WITH_MASK, size)), _summed(*bare))


def _fates(fates: FaceFates) -> Fates:
    return Fates(fates.with_mask, fates.called_bare, fates.not_found)


def _summed(*several: Fates) -> Fates:
    return Fates(*(sum(column) for column in zip(*several, strict=True)))
