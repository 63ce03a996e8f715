"""The clock of one machine is set forward and back by an hour or two while a file and a live camera are judged."""

import time
from collections.abc import Iterator
from pathlib import Path

import libfaketime
import pytest

from tests.drills.judged_site import WAIT_S, draw_clip
from tests.drills.server_site import MODULES, ServerSite
from tests.drills.timings import Timings
from tests.drills.totals import Totals, differences
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.long]

LIVE = "live"
HOUR_S = 3600
JUDGES = ("producer", "worker", "worker.events")
_LIBRARY = Path(libfaketime.__file__).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"


class Clocks:
    """The clock of each kind of process, as an offset from the true one."""

    def __init__(self, folder: Path) -> None:
        """All are right."""
        self._folder = folder
        for module in MODULES:
            self.set(module, 0)

    def set(self, module: str, offset_s: int) -> None:
        """From now on."""
        setting = self._folder / "clock.new"
        setting.write_text(f"{offset_s:+d}")
        setting.replace(self._file(module))  # at once: an empty file is the real time

    def environment_of(self, module: str) -> dict[str, str]:
        """What lets a process live by its clock."""
        return {
            "LD_PRELOAD": str(_LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file(module)),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def _file(self, module: str) -> Path:
        return self._folder / f"clock-of-{module}"


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> Clocks:
    return Clocks(tmp_path_factory.mktemp("clocks"))


@pytest.fixture(scope="module")
def site(clocks: Clocks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSite]:
    with ServerSite(draw_clip(tmp_path_factory.mktemp("clip")), environment_of=clocks.environment_of) as started:
        started.attach(LIVE, "demo:bare", fps=5)
        eventually(lambda: started.judged(LIVE) > 5, timeout_s=WAIT_S)
        yield started


@pytest.fixture(scope="module")
def expected(site: ServerSite) -> Totals:
    site.begin_file("undisturbed")
    return site.finish_file("undisturbed")


@pytest.mark.parametrize("module", JUDGES)
def test_a_clock_that_is_set_changes_no_count(
    module: str, site: ServerSite, clocks: Clocks, expected: Totals, timings: Timings
) -> None:
    for name, offset_s in (("forward", HOUR_S), ("back", -HOUR_S)):
        camera = f"{module.replace('.', '-')}-{name}"
        site.begin_file(camera)
        clocks.set(module, offset_s)
        set_at = time.monotonic()
        timings.note(
            f"clock of {module}", f"{name}: live frames judged after", site.seconds_until_judging(LIVE, set_at)
        )
        assert differences(expected, site.finish_file(camera)) == [], name
        assert site.dead() == []


def test_each_live_frame_has_one_end(site: ServerSite) -> None:
    site.assert_each_frame_has_one_end(LIVE, site.processes["producer"].pid)
