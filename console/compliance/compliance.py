"""Compliance off counts: what can be said of them, and a word for what cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from console.compliance.looks import Judged, Looks
from console.compliance.reference import Reference
from console.counting.counts import Counts
from shared.face_sizes import FaceSize
from shared.messages import Message, PersonOutcome
from shared.streams import CountField

_BARE = (PersonOutcome.WITHOUT_MASK, PersonOutcome.INCORRECT_MASK)

Rate = Annotated[float | None, Field(ge=0, le=1)]


class ComplianceFigures(Message):
    """Masked people among those that were judged; rates are 0 to 1, null where there is none."""

    masked: int = Field(description="People with a mask.")
    judged: int = Field(description="People with or without one.")
    cannot_tell: int = Field(description="People of whom nobody can tell.")
    raw: Rate = Field(description="Masked among judged people.")
    corrected: Rate = Field(description="The same, corrected for what the detector misses.")
    low: Rate = Field(description="Where the 95% interval of the corrected rate begins.")
    high: Rate = Field(description="Where it ends.")
    notes: tuple[str, ...] = Field(description="What to keep in mind, or why a rate is missing.")


@dataclass(frozen=True)
class Compliance:
    """Masked people among those that were judged; rates are 0 to 1, ``None`` where there is none.

    ``low`` to ``high`` is the corrected rate's 95% interval; ``notes`` say what to keep in mind, or why a
    rate is missing.
    """

    masked: int
    judged: int
    cannot_tell: int
    raw: float | None = None
    corrected: float | None = None
    low: float | None = None
    high: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def as_message(self) -> ComplianceFigures:
        """For programs; rates rounded to four places."""
        return ComplianceFigures(
            masked=self.masked,
            judged=self.judged,
            cannot_tell=self.cannot_tell,
            raw=_rounded(self.raw),
            corrected=_rounded(self.corrected),
            low=_rounded(self.low),
            high=_rounded(self.high),
            notes=self.notes,
        )

    @property
    def as_line(self) -> str:
        """For people: the corrected rate and its interval beside the raw one."""
        if self.raw is None:
            return "-"
        if self.corrected is None or self.low is None or self.high is None:
            return f"{self.raw:.0%} raw"
        return f"{self.corrected:.0%} ({self.low:.0%}-{self.high:.0%}), raw {self.raw:.0%}"


def compliance(counts: Counts, reference: Reference | None) -> Compliance:
    """The rates of some counts, corrected by what is known of the detector and model that made them."""
    masked = counts.of(CountField.PEOPLE, PersonOutcome.WITH_MASK)
    judged = masked + sum(counts.of(CountField.PEOPLE, outcome) for outcome in _BARE)
    cannot_tell = counts.of(CountField.PEOPLE, PersonOutcome.CANNOT_TELL)
    if judged <= 0 or not 0 <= masked <= judged:
        return Compliance(max(masked, 0), max(judged, 0), cannot_tell, notes=("nobody was judged",))
    raw = masked / judged
    if reference is None:
        note = "there are no figures for the detector: measure it with maskwatch evaluate --boxes DIR --publish"
        return Compliance(masked, judged, cannot_tell, raw, notes=(note,))
    from console.compliance.estimate import estimate  # noqa: PLC0415 - `status` without people starts without numpy

    groups = _groups(counts, reference.looks, masked, judged - masked)
    found = estimate(groups)
    if found is None:
        note = "the figures of the detector cannot tell masked people from bare ones"
        return Compliance(masked, judged, cannot_tell, raw, notes=(note, *reference.notes))
    return Compliance(masked, judged, cannot_tell, raw, *found, notes=reference.notes)


def _groups(counts: Counts, looks: Looks, masked: int, bare: int) -> tuple[Judged, ...]:
    """People by size; those of whom no size is known come last."""
    groups = [_group(counts, looks, size) for size in FaceSize]
    rest = (masked - sum(each.masked for each in groups), bare - sum(each.bare for each in groups))
    if min(rest) < 0:  # no size class can hold more people than there are: the sizes are not to be believed
        return (Judged(masked, bare, looks.of_all),)
    return (*groups, Judged(*rest, looks.of_all))


def _group(counts: Counts, looks: Looks, size: FaceSize) -> Judged:
    outcomes: Mapping[str, int] = {
        outcome: max(counts.of(CountField.PEOPLE_BY_SIZE, f"{size}:{outcome}"), 0) for outcome in PersonOutcome
    }
    return Judged(outcomes[PersonOutcome.WITH_MASK], sum(outcomes[each] for each in _BARE), looks.of(size))


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
