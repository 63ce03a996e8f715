"""Compliance off counts: what can be said of them, and a word for what cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.compliance.looks import Judged, Looks
from console.compliance.reference import Reference
from console.counting.counts import Counts
from shared.face_sizes import FaceSize
from shared.messages import PersonOutcome
from shared.streams import CountField

_BARE = (PersonOutcome.WITHOUT_MASK, PersonOutcome.INCORRECT_MASK)


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
    def as_json(self) -> dict[str, object]:
        """For programs; rates rounded to four places."""
        rates = {name: _rounded(getattr(self, name)) for name in ("raw", "corrected", "low", "high")}
        people = {"masked": self.masked, "judged": self.judged, "cannot_tell": self.cannot_tell}
        return {**people, **rates, "notes": list(self.notes)}

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
