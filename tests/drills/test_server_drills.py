"""Servers die, fill up, slow down, break connections, fall silent and become replicas while a site works.

A file and a live camera run through each drill. The file comes to what it comes to undisturbed; of the live camera
each captured frame has one end; nobody dies; who waits says so in a line or two.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import redis

from shared.messages import DropReason
from shared.streams import CountField
from tests.drills.judged_site import WAIT_S, draw_clip
from tests.drills.server_site import RealServer, ServerSite
from tests.drills.timings import Timings
from tests.drills.totals import Totals, differences
from tests.waiting import eventually

pytestmark = [pytest.mark.timeout(900), pytest.mark.long]

LIVE = "live"
MOST_SAID = 3  # times that one process says the same of one outage: of cameras, of its own round, when it is over

Harm = Callable[[ServerSite], None]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSite]:
    with ServerSite(draw_clip(tmp_path_factory.mktemp("clip"))) as started:
        started.attach(LIVE, "demo:bare", fps=5)
        eventually(lambda: started.judged(LIVE) > 5, timeout_s=WAIT_S)
        yield started


@pytest.fixture(scope="module")
def expected(site: ServerSite) -> Totals:
    site.begin_file("undisturbed")
    return site.finish_file("undisturbed")


@contextmanager
def full(server: RealServer) -> Iterator[None]:
    with redis.Redis.from_url(server.url) as client:
        client.config_set("maxmemory", 1)
        yield
        client.config_set("maxmemory", 0)


def frames_killed(site: ServerSite) -> None:
    site.frames_server.kill()
    time.sleep(1)
    site.frames_server.start()


def state_killed(site: ServerSite) -> None:
    site.state_server.kill()
    time.sleep(1)
    site.state_server.start()


def frames_full(site: ServerSite) -> None:
    with full(site.frames_server):
        time.sleep(8)


def state_full(site: ServerSite) -> None:
    with full(site.state_server):
        time.sleep(5)


def both_slow(site: ServerSite) -> None:
    for way in (site.frames_way, site.state_way):
        way.delay(0.05, 0.3)
    time.sleep(8)


def both_cut(site: ServerSite) -> None:
    for way in (site.frames_way, site.state_way):
        way.cut(0.05)
    time.sleep(8)
    assert site.frames_way.cuts + site.state_way.cuts > 10


def frames_silent(site: ServerSite) -> None:
    site.frames_way.silence()
    time.sleep(20)


def state_silent(site: ServerSite) -> None:
    site.state_way.silence()
    time.sleep(20)


def _read_only(server: RealServer) -> None:
    """A replica of nobody that answers: it keeps what it has and takes no writes."""
    with redis.Redis.from_url(server.url) as client:
        client.replicaof("127.0.0.1", "1")
        time.sleep(4)
        client.replicaof("NO", "ONE")


def frames_read_only(site: ServerSite) -> None:
    _read_only(site.frames_server)


def state_read_only(site: ServerSite) -> None:
    _read_only(site.state_server)


# The one that costs live frames comes last: what is lost is known only when others follow.
DRILLS: tuple[Harm, ...] = (
    state_killed, frames_full, state_full, both_slow, both_cut, frames_silent, state_silent,
    frames_read_only, state_read_only, frames_killed,
)  # fmt: skip


@pytest.mark.parametrize("harm", DRILLS, ids=[each.__name__ for each in DRILLS])
def test_a_server_in_trouble_loses_nothing_and_counts_nothing_twice(
    harm: Harm, site: ServerSite, expected: Totals, timings: Timings
) -> None:
    drill, camera = harm.__name__.replace("_", " "), harm.__name__.replace("_", "-")
    lost = site.ends(LIVE).get(f"{CountField.DROPPED}:{DropReason.LOST}", 0)
    site.begin_file(camera)
    site.said_anew()
    try:
        harm(site)
    finally:
        site.frames_way.heal()
        site.state_way.heal()
    mended_at = time.monotonic()
    timings.note(drill, "live frames judged again after", site.seconds_until_judging(LIVE, mended_at))
    found = site.finish_file(camera)
    timings.note(drill, "file at its end after", time.monotonic() - mended_at)
    assert differences(expected, found) == []
    assert site.dead() == []
    lost = site.ends(LIVE).get(f"{CountField.DROPPED}:{DropReason.LOST}", 0) - lost
    timings.note(drill, "live frames counted as lost", lost)
    assert lost == 0 or harm is frames_killed
    _assert_said_little(site.said_anew())


def _assert_said_little(said: Counter[str]) -> None:
    assert not [line for line in said if "Traceback" in line]
    complaints = {line: times for line, times in said.items() if line.startswith(("WARNING", "ERROR"))}
    assert {line: times for line, times in complaints.items() if times > MOST_SAID} == {}


def test_at_the_end_each_live_frame_has_one_end(site: ServerSite) -> None:
    site.assert_each_frame_has_one_end(LIVE, site.processes["producer"].pid)
    assert f"{CountField.DEAD_LETTERED}:deliveries" not in site.ends(LIVE)
