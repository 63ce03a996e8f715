"""Shows a training job live until it ends."""

import time

import redis
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rq import Queue

from console.errors import CommandFailed
from console.training.jobs import JobView, find
from console.training.words import outcome_words, progress_words, span
from shared import heartbeats
from shared.training_queue import open_queue

_POLL_S = 0.5


def follow_to_end(state: redis.Redis, job_id: str) -> None:
    """Show a job until its end and say how it ended; Ctrl-C leaves it alone and looks away.

    Raises:
        CommandFailed: it did not finish; says why.
        typer.Exit: interrupted.
    """
    try:
        job = _watch(open_queue(state), job_id, state)
    except KeyboardInterrupt:
        typer.echo(f"training {job_id} goes on; `maskwatch training follow {job_id}` shows it again", err=True)
        raise typer.Exit(130) from None
    if job.outcome is None:
        raise CommandFailed(f"training {job_id} is {job.state}{f': {job.reason}' if job.reason else ''}")
    typer.echo(outcome_words(job.outcome))


def _watch(queue: Queue, job_id: str, state: redis.Redis) -> JobView:
    """Show a job until its end: bars on a terminal, else a line for each new step. Returns it as it ended."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[rest]}", markup=False),
        console=console,
        disable=not console.is_terminal,
    ) as bars:
        show = _Display(bars)
        while True:
            job = find(queue, job_id)
            show(job, is_anybody_there=any(each.role == "trainer" for each in heartbeats.read(state)))
            if job.is_ended:
                return job
            time.sleep(_POLL_S)


class _Display:
    """One bar for the whole, one for each step, the newest last."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._whole = bars.add_task("training", total=1.0, rest="")
        self._steps: dict[str, TaskID] = {}
        self._said = ""

    def __call__(self, job: JobView, *, is_anybody_there: bool) -> None:
        progress = job.progress
        if not is_anybody_there and not job.is_ended:
            self._say("no trainer runs: start `maskwatch up` or `python -m trainer`")
            return
        if job.state == "queued" or progress is None:
            self._say("waits for its turn")
            return
        left = "" if progress.seconds_left is None or job.is_ended else f"about {span(progress.seconds_left)} left"
        self._bars.update(self._whole, completed=progress.share, rest=f"{progress.share:.0%}  {left}")
        self._say(progress.step)
        if progress.step not in self._steps:
            self._fill()
        if progress.total:
            self._show_step(progress.step, progress.done, progress.total, progress_words(progress))

    def _show_step(self, step: str, done: int, total: int, words: str) -> None:
        if step not in self._steps:
            self._steps[step] = self._bars.add_task(step, rest="")
        self._bars.update(self._steps[step], total=total, completed=done, rest=words.removeprefix(step).lstrip(" ,"))

    def _fill(self) -> None:
        """Show the steps before a new one as done: the last word of a step may not have been heard."""
        for task in self._steps.values():
            self._bars.update(task, completed=self._bars.tasks[task].total)

    def _say(self, line: str) -> None:
        """Tell what is new; a terminal shows the bars and needs it only while there are none."""
        if line != self._said:
            self._said = line
            if not self._bars.console.is_terminal or not self._steps:
                self._bars.console.print(line, markup=False)
