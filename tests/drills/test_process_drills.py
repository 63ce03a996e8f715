"""`maskwatch up` with files and a live camera, while each kind of process is killed at a seeded moment, itself too."""

import os
import random
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import requests

from deploy.local.data_folder import DataFolder, RunInfo
from shared.connections import Servers, connect_both
from tests.drills.harm import commands_under
from tests.drills.judged_site import SETTINGS, WAIT_S, JudgedSite, draw_clip
from tests.drills.timings import Timings
from tests.drills.totals import Totals, differences
from tests.integration.system import System
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.long]

LIVE = "live"
SEED = 20261126
KINDS = ["worker", "worker.events", "producer", "console", "trainer"] * 2


class UpSite(JudgedSite):
    """A system that can be killed as a whole and started again on what it left."""

    def __init__(self, folder: Path) -> None:
        """Start it, with one live camera."""
        self._data = folder / "data"
        self._system = self._start("--camera", f"{LIVE}=demo:bare")
        super().__init__(self._connected(), draw_clip(folder), self._data / "logs")

    @property
    def run(self) -> RunInfo:
        """Where it runs."""
        run = DataFolder(self._data).last_run()
        assert run is not None
        return run

    def pids(self, kind: str) -> list[int]:
        """Its processes of a kind."""
        return [pid for pid, command in commands_under([self._system.process.pid]) if command.endswith(f"-m {kind}")]

    def kill_all(self) -> None:
        """End `maskwatch up` with SIGKILL, and so everything, and start it again."""
        self._system.process.kill()
        self._system.process.wait()
        self.servers.close()
        self._system.stop()
        self._system = self._start()
        self.servers = self._connected()

    def end(self) -> None:
        """Stop it."""
        self.servers.close()
        self._system.stop()

    def _start(self, *arguments: str) -> System:
        settings = {f"MASKWATCH_{name}": value for name, value in SETTINGS.items()}
        return System(self._data, "--workers", "2", "--no-review", *arguments, env=settings)

    def _connected(self) -> Servers:
        eventually(lambda: len(self.pids("worker")) == 2, timeout_s=WAIT_S)
        return connect_both(self.run.frames_redis, self.run.state_redis)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpSite]:
    started = UpSite(tmp_path_factory.mktemp("up"))
    try:
        eventually(lambda: started.judged(LIVE) > 5, timeout_s=WAIT_S)
        yield started
    finally:
        started.end()


@pytest.fixture(scope="module")
def expected(site: UpSite) -> Totals:
    site.begin_file("undisturbed")
    return site.finish_file("undisturbed")


def _is_served(site: UpSite) -> bool:
    try:
        return requests.get(f"{site.run.console_url}/healthz", timeout=5).ok
    except requests.RequestException:
        return False


def _another(site: UpSite, kind: str, before: list[int]) -> bool:
    return bool(set(site.pids(kind)) - set(before))


def test_each_kind_of_process_is_killed_and_no_count_changes(site: UpSite, expected: Totals, timings: Timings) -> None:
    chance = random.Random(SEED)
    chance.shuffle(KINDS)
    for number, kind in enumerate(KINDS):
        camera = f"file-{number}"
        site.begin_file(camera, frames=chance.randint(1, 60))
        before = eventually(partial(site.pids, kind), timeout_s=WAIT_S)
        os.kill(chance.choice(before), signal.SIGKILL)
        killed_at = time.monotonic()
        eventually(partial(_another, site, kind, before), timeout_s=WAIT_S)
        timings.note(f"{kind} killed", "another one started after", time.monotonic() - killed_at)
        eventually(lambda: _is_served(site), timeout_s=WAIT_S)
        site.seconds_until_judging(LIVE, killed_at)
        assert differences(expected, site.finish_file(camera)) == [], (kind, number)
        timings.note(f"{kind} killed", "file at its end after", time.monotonic() - killed_at)


def test_all_of_it_is_killed_and_goes_on_where_it_was(site: UpSite, expected: Totals, timings: Timings) -> None:
    site.begin_file("file", frames=20)
    killed_at = time.monotonic()
    site.kill_all()
    timings.note("up killed", "live frames judged after", site.seconds_until_judging(LIVE, killed_at))
    assert differences(expected, site.finish_file("file")) == []
    timings.note("up killed", "file at its end after", time.monotonic() - killed_at)


def test_each_live_frame_of_the_last_epoch_has_one_end(site: UpSite) -> None:
    site.assert_each_frame_has_one_end(LIVE, site.pids("producer")[0])
