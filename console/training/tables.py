"""Training jobs as a table."""

from datetime import datetime

from rich.table import Table
from rich.text import Text

from console.training.jobs import JobView
from console.training.words import outcome_words, progress_words, span

_STYLES = {"queued": "yellow", "running": "cyan", "finished": "green", "failed": "red", "refused": "red"}


def jobs_table(jobs: list[JobView]) -> Table:
    """One row a job."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("job", "state", "began", "took"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what")
    for each in jobs:
        state = Text(each.state, _STYLES.get(each.state, "dim"))
        table.add_row(each.id, state, _moment(each.started_at), _took(each), Text(_what(each)))
    return table


def _moment(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone():%Y-%m-%d %H:%M}"


def _took(job: JobView) -> str:
    if job.started_at is None or job.ended_at is None:
        return ""
    return span((job.ended_at - job.started_at).total_seconds())


def _what(job: JobView) -> str:
    if job.outcome is not None:
        return outcome_words(job.outcome)
    if job.is_ended or job.progress is None:
        return job.reason
    left = job.progress.seconds_left
    return progress_words(job.progress) + (f", about {span(left)} left" if left is not None else "")
