"""What `maskwatch bench seed` shows and writes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from console.benching.seed_figures import Figures, Found
    from console.benching.seeding import Outcome
    from shared.messages import Label

NAMES = {"whole": "Maskwatch, every frame whole", "gated": "Maskwatch, motion gate"}
LABEL_WORDS = {"with_mask": "masked", "without_mask": "bare", "incorrect_mask": "worn wrongly"}


def as_json(outcome: "Outcome") -> dict[str, Any]:
    """Everything measured; seconds of processor time a frame, of all processes together and of each."""
    return {
        **{name: value for name, value in vars(outcome).items() if name not in {"figures", "lower_recall"}},
        "lower_recall": list(outcome.lower_recall),
        "ways": [
            {
                "name": each.name,
                "frames": each.frames,
                "frames_per_second": round(each.frames_per_second, 3),
                "frames_per_second_of_rounds": [round(rate, 3) for rate in each.of_rounds],
                "frames_per_second_a_core": round(each.per_core, 3),
                "cpu_seconds_a_frame": round(each.cpu_seconds, 6),
                "cpu_seconds_a_frame_of": {name: round(value, 6) for name, value in each.cpu_seconds_of.items()},
                "ratio": round(each.ratio, 2),
                "cpu_ratio": round(each.cpu_ratio, 2),
                "accuracy": {
                    label.value: {**own.model_dump(), "recall": own.recall, "accuracy": own.accuracy}
                    for label, own in each.accuracy.items()
                },
            }
            for each in outcome.figures
        ],
    }


def table(outcome: "Outcome") -> RenderableType:
    """Ways in rows: how fast, then what each finds."""
    speed = _table("", "frames/s", "a core", "times the loop", "CPU ms a frame", "times less")
    for each in outcome.figures:
        speed.add_row(
            NAMES.get(each.name, each.name),
            f"{each.frames_per_second:.2f}",
            f"{each.per_core:.2f}",
            f"{each.ratio:.1f}",
            f"{1000 * each.cpu_seconds:.1f}",
            f"{each.cpu_ratio:.1f}",
        )
    parts: list[RenderableType] = [speed, *_accuracies(outcome.figures)]
    return Group(*parts, Text(f"\n{sentence(outcome)}"), Text(_notes(outcome), "dim"))


def sentence(outcome: "Outcome") -> str:
    """The outcome in one."""
    _, whole, gated = outcome.figures
    speed = (
        f"Maskwatch judges {whole.ratio:.1f} times as many frames a second as the classic loop with every frame "
        f"scanned whole, and {gated.ratio:.1f} times as many behind the motion gate"
    )
    if not whole.accuracy:
        return f"{speed}."
    lower = ", ".join(outcome.lower_recall)
    return f"{speed}; it finds {f'fewer faces that are {lower}' if lower else 'no fewer faces of any label'}."


def _accuracies(found: "Sequence[Figures]") -> list[RenderableType]:
    labels = list(found[0].accuracy)
    if not labels:
        return []
    shown = _table("found, of these rightly called", *(_heading(label, found[0].accuracy[label]) for label in labels))
    for each in found:
        shown.add_row(NAMES.get(each.name, each.name), *(_cell(each.accuracy[label]) for label in labels))
    return [Text(), shown]


def _heading(label: "Label", of: "Found") -> str:
    return f"{LABEL_WORDS[label.value]} ({of.faces:,})"


def _cell(of: "Found") -> str:
    return f"{of.recall:.1%}, {of.accuracy:.1%}" if of.found else f"{of.recall:.1%}"


def _notes(outcome: "Outcome") -> str:
    return (
        f"{outcome.cores} cores, load {outcome.load:.1f} at the start; {outcome.clip}. The loop judged "
        f"{outcome.loop_frames:,} evenly spaced of {outcome.frames:,} frames, in turns with {outcome.rounds} rounds of "
        f"Maskwatch, which judged all of them with {outcome.workers} worker(s). Start-up is not counted for either."
    )


def _table(first: str, *headings: str) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column(first)
    for heading in headings:
        shown.add_column(heading, justify="right")
    return shown
