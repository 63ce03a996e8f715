"""A report's values as people read them, on a page and in a terminal alike."""

from collections.abc import Iterable, Mapping

from trainer.report.record import Figures, Promotion, SplitReport, TrainingReport

NOTHING = "-"


def words(name: str) -> str:
    """A label or setting in plain words: "without mask"."""
    return name.replace("_", " ")


def percent(share: float | None) -> str:
    """With one place after the point, as in 98.7%."""
    return NOTHING if share is None else f"{share:.1%}"


def with_interval(figures: Figures, name: str) -> str:
    """A share with its 95 % interval, as in 98.7% (97.9 to 99.2), where there is such a figure."""
    if name not in figures:
        return NOTHING
    low, high = figures.get(f"{name}_low"), figures.get(f"{name}_high")
    return percent(figures[name]) + ("" if low is None or high is None else between(low, high))


def between(low: float, high: float) -> str:
    """An interval in per cent, to be put behind a share."""
    return f" ({100 * low:.1f} to {100 * high:.1f})"


def not_called_masked(figures: Figures) -> str:
    """Of masks worn incorrectly, how many are not taken for worn ones."""
    faces = figures.get("incorrect_mask_faces", 0)
    return f"{faces - figures.get('incorrect_mask_as_with_mask', 0):.0f} of {faces:.0f}" if faces else NOTHING


def duration(seconds: float) -> str:
    """A time in units that suit it, as in 12.3 s, 14 min 5 s, 2 h 3 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def size(count: int) -> str:
    """A number of bytes in a unit that suits it, as in 4.6 MB."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} bytes"


def verdict(promotion: Promotion) -> str:
    """Whether the version is served, and why, in one sentence.

    A version's own report is written before anybody decides; it says what the gate found.
    """
    reason = promotion.why or "; ".join(_reasons(promotion))
    return _decision(promotion) + (f": {reason}" if reason else "")


def _decision(promotion: Promotion) -> str:
    if promotion.promoted is not None:
        return "Promoted" if promotion.promoted else "Published, not promoted"
    if promotion.gate is None:
        return "Published"
    return "Passed the gate" if promotion.gate.passed else "Did not pass the gate"


def parts(figures: Iterable[str]) -> list[str]:
    """The parts among the names of figures: those that are no source or size of another."""
    return [name for name in figures if "/" not in name]


def groups(part: str, figures: Mapping[str, Figures]) -> dict[str, Figures]:
    """A part's sources and face sizes, by name without the part's."""
    return {name.removeprefix(f"{part}/"): each for name, each in figures.items() if name.startswith(f"{part}/")}


def headline(report: TrainingReport) -> tuple[str, Figures] | None:
    """What to judge a version by: the faces that are judged at all of the part that is farthest from training."""
    figures = report.evaluation.figures
    for part in reversed(parts(figures)):
        if part != "validation":
            name = f"{part}/24+ px"
            return (name, figures[name]) if name in figures else (part, figures[part])
    return None


def data(split: SplitReport) -> str:
    """How many faces each part has, and of how many sources."""
    sources = len({row.source for row in split.faces})
    counted = ", ".join(f"{split.total(part):,} {part}" for part in split.clusters)
    return f"{counted} faces of {sources} source{'' if sources == 1 else 's'}"


def _reasons(promotion: Promotion) -> tuple[str, ...]:
    gate = () if promotion.gate is None else promotion.gate.reasons
    shadow = () if promotion.shadow is None else promotion.shadow.reasons
    return (*gate, *shadow)
