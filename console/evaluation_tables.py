"""What `maskwatch evaluate --boxes` shows people: detectors side by side."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from worker.evaluation import BoxesReport
    from worker.evaluation.record import Interval, Milliseconds, Recall

Reports = Mapping[str, "BoxesReport"]  # by detector; at least one

LABEL_WORDS = {"with_mask": "masked", "without_mask": "bare", "incorrect_mask": "worn wrongly"}
NOTHING = "-"
NOTES = (
    "In brackets 95% intervals; behind times, what 95% of photographs stay below.\n"
    "Differences are in points. Times are of one thread, without reading the file."
)


def evaluation_tables(reports: Reports) -> RenderableType:
    """How many faces of each kind were found, and the figures of all of them, 80 columns wide for one detector."""
    any_report = next(iter(reports.values()))
    counted = f"{any_report.images:,} photographs, {any_report.faces:,} faces of 24 pixels and wider"
    about = [Text(_about(report), "dim") for report in reports.values()]
    return Group(Text(counted, "bold"), *about, Text(), _found(reports), Text(), _figures(reports), Text(NOTES, "dim"))


def _about(report: "BoxesReport") -> str:
    at = report.measured
    if at is None:
        return ""
    version = "" if at.detector_version is None else f" version {at.detector_version}"
    return (
        f"{at.detector}{version} from {at.min_face_px} pixels and confidence {at.min_face_confidence:g}, "
        f"model version {at.model_version}"
    )


def _found(reports: Reports) -> Table:
    """One line for each detector and label; the faces that there are stand below the first detector's."""
    first = next(iter(reports.values()))
    sizes = next(iter(first.recall.values()), {})
    table = _table("faces found", *(size if size == "all" else f"{size} px" for size in sizes))
    for name, report in reports.items():
        if len(reports) > 1:
            table.add_row(Text(name, "bold"))
        for label, of_size in report.recall.items():
            table.add_row(LABEL_WORDS[label], *(_recall(each) for each in of_size.values()))
            if report is first:
                table.add_row("", *(Text(f"of {each.faces:,}", "dim") for each in of_size.values()))
    return table


def _recall(found: "Recall") -> str:
    return f"{found.recall:.0%} {_between(found.low, found.high)}" if found.faces else NOTHING


def _figures(reports: Reports) -> Table:
    """One column for each detector."""
    table = _table("", *reports)
    table.add_row("found and rightly labelled")
    for label in next(iter(reports.values())).rightly_labelled:
        table.add_row(f"  {LABEL_WORDS[label]}", *(_rightly(report, label) for report in reports.values()))
    for name, figure in FIGURES.items():
        table.add_row(name, *(figure(report) for report in reports.values()))
    return table


def _rightly(report: "BoxesReport", label: str) -> str:
    return _with_interval(report.rightly_labelled[label], report.rightly_labelled_intervals[label])


def _average_precision(report: "BoxesReport") -> str:
    return NOTHING if report.average_precision is None else f"{report.average_precision:.3f}"


def _bias(report: "BoxesReport") -> Text:
    interval = report.compliance_bias_interval
    is_sure = interval is not None and not interval.low <= 0 <= interval.high
    return Text(_points(report.compliance_bias, interval), "yellow" if is_sure else "")


def _gap(report: "BoxesReport") -> str:
    return NOTHING if report.recall_gap is None else _points(report.recall_gap, report.recall_gap_interval)


def _milliseconds(taken: "Milliseconds") -> str:
    return f"{taken.median:.1f} ({taken.p95:.1f})"


FIGURES: Mapping[str, Callable[["BoxesReport"], RenderableType]] = {
    "detections that are faces": lambda report: _with_interval(report.precision, report.precision_interval),
    "false faces a photograph": lambda report: f"{report.false_faces_per_image:.2f}",
    "average precision": _average_precision,
    "compliance, true": lambda report: f"{report.true_compliance:.1%}",
    "compliance, reported": lambda report: f"{report.reported_compliance:.1%}",
    "reported less true": _bias,
    "masked less bare found": _gap,
    "ms to find faces (95%)": lambda report: _milliseconds(report.timing.detect),
    "ms in all (95%)": lambda report: _milliseconds(report.timing.everything),
}


def _with_interval(share: float, interval: "Interval") -> str:
    return f"{share:.1%} {_between(interval.low, interval.high)}"


def _between(low: float, high: float) -> str:
    return f"({100 * low:.0f}-{100 * high:.0f})"


def _points(value: float, interval: "Interval | None") -> str:
    around = "" if interval is None else f" ({round(100 * interval.low):+d} to {round(100 * interval.high):+d})"
    return f"{100 * value:+.1f}{around}"


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(first, no_wrap=True)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
