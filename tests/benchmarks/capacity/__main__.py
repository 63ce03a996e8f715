"""How many cameras this machine holds: `python -m tests.benchmarks.capacity --help`, or `maskwatch bench capacity`."""

import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tests.benchmarks.capacity.complaints import complaints
from tests.benchmarks.capacity.figures import Step
from tests.benchmarks.capacity.latencies import pictures_late
from tests.benchmarks.capacity.machine import this_machine
from tests.benchmarks.capacity.measuring import Setup, measure
from tests.benchmarks.capacity.options import BadOption, Options, parsed
from tests.benchmarks.capacity.report import Result, line, sentence, tables, write
from tests.benchmarks.capacity.scenes import clip_of, feeds_of
from tests.benchmarks.capacity.search import Search
from tests.benchmarks.capacity.site import Site, SystemEnded, open_site, stream_bounds
from tests.benchmarks.capacity.verdict import Verdict, verdict
from tests.benchmarks.high_definition_cameras import serving_each

_WIDTH = 120


def main(arguments: Sequence[str]) -> int:
    """Measure; 0, or with one line why 2 for options that cannot be meant and 1 where the system did not run."""
    try:
        options = parsed(arguments)
        result = run(options, Console(stderr=True))
    except BadOption as error:
        print(f"capacity: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except SystemEnded as error:
        print(f"capacity: {error}", file=sys.stderr)
        return 1
    # A file or a pipe has no width of its own.
    shown = Console(width=None if sys.stdout.isatty() else _WIDTH)
    shown.print(tables(result.steps))
    shown.print(sentence(result), highlight=False, soft_wrap=True)
    if options.json_path:
        write(result, options.json_path)
    return 0


def run(options: Options, console: Console) -> Result:
    """Measure, and say of each step on ``console`` what it found."""
    machine = this_machine()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="capacity-")))
        clip = clip_of(options, folder)
        feeds = feeds_of(options, clip)
        console.print("encoding what the cameras show", highlight=False)
        late = {feed.wire: pictures_late(feed) for feed in {each.wire: each for each in feeds}.values()}
        silencing = stack.enter_context(ExitStack())
        cameras = silencing.enter_context(serving_each(feeds))
        site = stack.enter_context(open_site(options, cameras, folder))
        setup = Setup(feeds, late, stream_bounds(options), options.seconds, options.settle_s)
        steps = _steps(site, setup, options, console)
        complained = complaints(site.system.data / "logs")  # before cameras are gone, of which a producer complains
        silencing.close()
        return Result(options, machine, clip.name, late, steps, site.unended(), complained)


def _steps(site: Site, setup: Setup, options: Options, console: Console) -> list[tuple[Step, Verdict]]:
    search, steps = Search(options.start, options.step, options.most), []
    while search.following is not None:
        step = measure(site, search.following, setup)
        judged = verdict(step, options.target_ms)
        search.note(step.cameras, judged.is_held)
        steps.append((step, judged))
        console.print(line(step, judged), highlight=False, soft_wrap=True)
    return steps


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not without stopping the system
    sys.exit(main(sys.argv[1:]))
