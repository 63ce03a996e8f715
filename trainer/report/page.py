"""A report as one HTML file: nothing is fetched, nothing runs, and what comes from data is only ever text."""

from collections.abc import Iterable

from trainer.report.markup import Child, Markup, element, facts, joined, paragraph, table
from trainer.report.pictures import Pictures
from trainer.report.record import Run, TrainingReport
from trainer.report.sections import sections
from trainer.report.style import STYLE
from trainer.report.words import data, duration, headline, parts, percent, size, verdict, with_interval

# Whatever slipped through: a browser fetches and runs nothing from this page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def render(report: TrainingReport, pictures: Pictures | None = None) -> str:
    """The whole page; with ``pictures`` it shows people and must stay on this machine."""
    shown = (section(*each) for each in sections(report, pictures))
    return document(f"Mask classifier, version {report.version}", report.run, (_summary(report), *shown))


def document(title: str, run: Run, content: Iterable[Markup]) -> str:
    """A whole page about a training: what it is, when it was made, its ``content``, and the circumstances."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    body = element(
        "body",
        element("header", element("h1", title), paragraph(_made(run))),
        element("main", *content, _run(run)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def section(title: str, content: Markup) -> Markup:
    """One part of a page."""
    return element("section", element("h2", title), content)


def processors(run: Run) -> str:
    """On what it was computed."""
    cores = f"{run.cores} cores" if run.cores else ""
    return ", ".join(filter(None, (cores, run.gpu or "no GPU")))


def _made(run: Run) -> str:
    return f"Trained {run.started_at:%Y-%m-%d %H:%M} to {run.ended_at:%Y-%m-%d %H:%M} UTC."


def _summary(report: TrainingReport) -> Markup:
    told = {True: "verdict yes", False: "verdict no", None: "verdict"}[report.promotion.promoted]
    run = report.run
    pairs = [
        ("Data", data(report.split)),
        ("Time", duration(run.wall_seconds)),
        ("Memory at most", None if run.peak_memory_bytes is None else size(run.peak_memory_bytes)),
        ("Computed on", processors(run)),
        ("Model file", f"{size(report.export.bytes)}, {report.export.precision}"),
    ]
    return element(
        "section",
        paragraph(verdict(report.promotion), class_=told),
        _headline(report),
        _parts(report),
        facts(pairs),
        aria_label="Summary",
    )


def _headline(report: TrainingReport) -> Markup | None:
    found = headline(report)
    if found is None:
        return None
    name, figures = found
    return paragraph(
        element("strong", f"{with_interval(figures, 'accuracy')} right"),
        f" of {figures['faces']:.0f} faces of {name}; balanced {percent(figures.get('balanced_accuracy'))}.",
        " In brackets the 95% interval.",
    )


def _parts(report: TrainingReport) -> Markup:
    figures = report.evaluation.figures
    rows = [
        (part, f"{each['faces']:.0f}", with_interval(each, "accuracy"), percent(each.get("balanced_accuracy")))
        for part in parts(figures)
        for each in (figures[part],)
    ]
    return table("Accuracy of each part", ("part", "faces", "accuracy", "balanced"), rows)


def _run(run: Run) -> Markup:
    seconds = table(
        "Time of each step", ("step", "time"), [(step, duration(took)) for step, took in run.seconds.items()]
    )
    settings = table("Settings", ("setting", "value"), [(name, str(value)) for name, value in run.settings.items()])
    pairs: list[tuple[str, Child]] = [
        ("Data fingerprint", element("code", run.data_fingerprint)),
        ("Code", run.code_version),
        ("Seed", run.seed),
        ("Computed on", processors(run)),
        *run.software.items(),
    ]
    return section("Circumstances", joined((facts(pairs), seconds if run.seconds else None, settings)))
