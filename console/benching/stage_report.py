"""What `maskwatch bench stage` shows and writes."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from worker.benching.cases import StageTiming

MOST_RATIO = 2.0  # a stage of ours that costs more than so many times its library call is marked
NOTHING = "-"


def as_json(timings: "Sequence[StageTiming]", facts: dict[str, Any]) -> dict[str, Any]:
    """Everything measured; milliseconds an item, ``share`` is of a frame of the mix, 0 to 1."""
    total = _total(timings)
    return {
        **facts,
        "milliseconds_a_frame": round(total, 3),
        "timings": [
            {
                "stage": each.stage,
                "variant": each.variant,
                "item": each.item,
                "bare_call": each.bare_call,
                "milliseconds": _rounded(each.ours_ms),
                "bare_milliseconds": _rounded(each.bare_ms),
                "wall_milliseconds": _rounded(each.ours_wall_ms),
                "bare_wall_milliseconds": _rounded(each.bare_wall_ms),
                "ratio": _rounded(each.ratio),
                "a_frame": round(each.a_frame, 3),
                "share": _rounded(_share(each, total)),
            }
            for each in timings
        ],
    }


def table(timings: "Sequence[StageTiming]", facts: dict[str, Any]) -> RenderableType:
    """A heading for each stage, its variants below; ratios that are too high stand out."""
    total = _total(timings)
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("", no_wrap=True)
    for heading in ("ms", "bare ms", "ratio", "a frame", "share"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for stage, of_stage in groupby(timings, key=lambda each: each.stage):
        rows = list(of_stage)
        shown.add_row(Text(f"{stage}, one {rows[0].item}", "bold"))
        for each in rows:
            shown.add_row(*_row(each, total))
    return Group(shown, Text(_sentence(timings, facts, total)), Text(_notes(timings, facts), "dim"))


def _row(each: "StageTiming", total: float) -> list[RenderableType]:
    ratio = each.ratio
    return [
        f"  {each.variant}",
        _number(each.ours_ms),
        _number(each.bare_ms),
        NOTHING if ratio is None else Text(f"{ratio:.2f}", "bold red" if ratio > MOST_RATIO else ""),
        f"{each.a_frame:.3g}" if each.a_frame else NOTHING,
        f"{_share(each, total):.1%}" if each.a_frame else NOTHING,
    ]


def _sentence(timings: "Sequence[StageTiming]", facts: dict[str, Any], total: float) -> str:
    above = [f"{each.stage} ({each.variant})" for each in timings if each.ratio and each.ratio > MOST_RATIO]
    dear = (
        f"over {MOST_RATIO:g} times their library call: {', '.join(above)}"
        if above
        else (f"no stage costs over {MOST_RATIO:g} times its library call")
    )
    return f"\na frame with {facts['faces_a_frame']:.1f} faces takes {total:.2f} ms; {dear}"


def _notes(timings: "Sequence[StageTiming]", facts: dict[str, Any]) -> str:
    of_stage: dict[str, dict[str, None]] = {}
    for each in timings:
        of_stage.setdefault(each.stage, {})[each.bare_call] = None
    bare = "; ".join(f"{stage}: {', or '.join(calls)}" for stage, calls in of_stage.items())
    return (
        f"Medians of {facts['rounds']} rounds, ours and the bare call in turn, on one thread: processor time, with "
        f"that of the server where one answers. Bare calls: {bare}."
    )


def _total(timings: "Sequence[StageTiming]") -> float:
    return sum(each.milliseconds_a_frame for each in timings)


def _share(each: "StageTiming", total: float) -> float:
    return each.milliseconds_a_frame / total if total else 0.0


def _number(milliseconds: float | None) -> str:
    return NOTHING if milliseconds is None else f"{milliseconds:.3f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
