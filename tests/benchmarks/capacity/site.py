"""The system that is measured, and its cameras: attached and detached while it runs."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from console import overview
from console.attaching import Plan, settle
from console.cameras.wishes import Wish
from console.headroom.forecast import headroom
from shared.connections import Servers, connect_both
from shared.settings import PREFIX, ProducerSettings, load
from shared.streams import KeySpace
from tests.benchmarks.capacity import accounting
from tests.benchmarks.capacity.accounting import Account
from tests.benchmarks.capacity.options import Options
from tests.benchmarks.capacity.scenes import CAMERA_FPS
from tests.benchmarks.high_definition_cameras import Cameras
from tests.integration.system import System, running

KEYS = KeySpace()
_START_S = 60.0
_LIVE_S = 60.0  # and a second for each camera
_DRAIN_S = 20.0
_LOOK_S = 0.5


class SystemEnded(RuntimeError):
    """The system that is measured is gone; the message holds its last line."""


class Site:
    """A system and the simulated cameras; the first so many of them are attached."""

    def __init__(self, system: System, servers: Servers, cameras: Cameras) -> None:
        self.system = system
        self.servers = servers
        self.cameras = cameras
        self.attached: list[str] = []  # ids in the order of the simulated cameras
        self._generation = 0
        self._first_epochs: dict[str, int] = {}

    def hold(self, count: int) -> float:
        """Attach or detach until there are so many; returns seconds until all gave pictures that were judged.

        A camera that comes back has a new id, so that its counts begin anew.
        """
        self._generation += 1
        began_at = time.monotonic()
        leaving, self.attached = self.attached[count:], self.attached[:count]
        new = [_wish(number, self._generation, self.cameras) for number in range(len(self.attached), count)]
        settle(self.servers.state, KEYS, lambda _: Plan(new, leaving))
        self.attached += [each.id for each in new]
        if leaving:
            self._wait(lambda accounts: sum(each.in_flight for each in accounts) < count * CAMERA_FPS / 2, _DRAIN_S)
        self._wait(accounting.all_live, _LIVE_S + count)
        return time.monotonic() - began_at

    def accounts(self) -> list[Account]:
        """Of the attached cameras, in their order."""
        return accounting.read(self.servers.state, KEYS, self.attached, self._first_epochs)

    def fits(self) -> int | None:
        """How many cameras like these the system says that it holds; ``None`` where it cannot tell."""
        return headroom(overview.read(self.servers, KEYS)).cameras_in_all

    def unended(self) -> list[str]:
        """Cameras of which pictures neither ended nor were counted, once none have come for a while."""
        self._wait(lambda accounts: not accounting.unended(accounts), _DRAIN_S)
        return accounting.unended(self.accounts())

    def _wait(self, condition: Callable[[Sequence[Account]], bool], timeout_s: float) -> None:
        """Until a condition holds, or until the patience ends: what is not so then is seen by what is measured."""
        deadline = time.monotonic() + timeout_s
        while not condition(self.accounts()) and time.monotonic() < deadline:
            if self.system.process.poll() is not None:
                raise SystemEnded(_last_line(self.system))
            time.sleep(_LOOK_S)


@contextmanager
def open_site(options: Options, cameras: Cameras, folder: Path) -> Iterator[Site]:
    """A system as `maskwatch up` starts it, in ``folder``, with the first cameras of the benchmark."""
    first = [_wish(number, 0, cameras) for number in range(options.start)]
    arguments = [part for each in first for part in ("--camera", f"{each.id}={each.source}")]
    data = folder / "data"
    rate = ("--fps", f"{CAMERA_FPS:g}")
    with running(data, "--workers", f"{options.workers}", *rate, *arguments, env=options.settings) as system:
        run = _run_info(system, data / "run.json")
        servers = connect_both(run["frames_redis"], run["state_redis"])
        try:
            site = Site(system, servers, cameras)
            site.attached = [each.id for each in first]
            yield site
        finally:
            servers.close()


def _run_info(system: System, path: Path) -> Mapping[str, str]:
    deadline = time.monotonic() + _START_S
    while not path.exists():
        if system.process.poll() is not None or time.monotonic() > deadline:
            raise SystemEnded(_last_line(system))
        time.sleep(_LOOK_S / 10)
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _wish(number: int, generation: int, cameras: Cameras) -> Wish:
    return Wish(f"camera-{number + 1:03d}-{generation}", cameras.urls[number], fps=CAMERA_FPS)


def _last_line(system: System) -> str:
    lines = system.output.strip().splitlines()
    return f"the system ended: {lines[-1] if lines else 'it said nothing'}"


def stream_bounds(options: Options) -> ProducerSettings:
    """The settings that bound what the frames server holds, as the measured system has them."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in options.settings.items()}
    return load(
        ProducerSettings, **{name: each for name, each in given.items() if name in ProducerSettings.model_fields}
    )
