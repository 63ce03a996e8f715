"""Producer, worker and server on machines of their own, with a slow network between them whose links are cut."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from shared.cameras import CameraState
from tests.drills.drawn_people import draw_people
from tests.drills.kill_runs import SCENES, SETTINGS
from tests.drills.timings import Timings
from tests.drills.totals import Totals, contradictions, differences, totals
from tests.integration.farm import Farm, Role
from tests.integration.namespaces import Host, Network, private_network, why_not

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.slow, pytest.mark.timeout(300)]

_CLIP_S = 8.0  # ten pictures a second
_CAMERA_PORT, _INNER_PORT = 8080, 8081
_CAMERA = f"import tests.producer.servers as it; it.MjpegServer({_INNER_PORT}, interval_s=0.2)"
_FETCH = "import sys, urllib.request as it; print(it.urlopen(sys.argv[1], timeout=5).read().decode())"
# So few that a clip lasts as long as links are cut.
_FEW = {"MASKWATCH_MAX_FRAMES_IN_FLIGHT": "24", "MASKWATCH_VIOLATION_REARM_S": "2", "OMP_NUM_THREADS": "1"}
_QUICK = SETTINGS | _FEW


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_people(tmp_path_factory.mktemp("clip") / "yard.mp4", SCENES["yard"], _CLIP_S)


@pytest.fixture(scope="module")
def undisturbed(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Totals:
    """What the clip comes to where all run on one machine and talk over its loopback."""
    with private_network() as network:
        alone = network.host("alone")
        hosts: Mapping[Role, Host] = {"producer": alone, "worker": alone, "events": alone}
        farm = Farm(network.on_end, tmp_path_factory.mktemp("alone"), alone, hosts, _FEW)
        farm.attach("yard", str(clip))
        farm.wait_until(lambda: farm.is_done("yard"))
        found = totals(farm.state, "yard")
        assert contradictions(found) == []
        return found


class _Site:
    """The farm, spread over machines, with a file and a live camera."""

    def __init__(
        self,
        network: Network,
        folder: Path,
        clip: Path,
        settings: Mapping[str, str],
        patience_s: float | None = None,
    ) -> None:
        server, camera = network.host("server"), network.host("camera")
        self.console = network.host("console")
        self.hosts: dict[Role, Host] = {"producer": network.host("producer"), "worker": network.host("worker")}
        self.hosts["events"] = self.hosts["worker"]
        camera.start(sys.executable, "-c", _CAMERA)
        camera.delay(_CAMERA_PORT, _INNER_PORT, 40, 10)
        camera.wait_for(_INNER_PORT, "127.0.0.1")
        self.farm = Farm(network.on_end, folder, server, self.hosts, settings, patience_s)
        self.farm.attach("yard", str(clip))
        self.farm.attach("gate", f"http://{camera.address}:{_CAMERA_PORT}/video", motion="off")

    def cut(self, role: Role, seconds: float, timings: Timings) -> None:
        """Cut a machine off for a while, in the middle of the file, and wait until it is of use again."""
        assert not self.farm.is_done("yard")
        self.hosts[role].cut()
        time.sleep(seconds)
        done, captured_at = self._done_by(role), self._captured_at()
        self.hosts[role].mend()
        took_s = self.farm.wait_until(lambda: self._done_by(role) > done)
        timings.note(f"{role} cut off {seconds:g} s", "works again", took_s)
        took_s += self.farm.wait_until(lambda: self.is_live() and self._captured_at() > captured_at)
        if role == "producer":
            timings.note(f"{role} cut off {seconds:g} s", "its camera is live", took_s)

    def _done_by(self, role: Role) -> int:
        """How many of the file's frames were captured, or judged: whichever is the machine's work."""
        account = self.farm.account("yard")
        return account.captured if role == "producer" else account.processed

    def is_live(self) -> bool:
        status = self.farm.status("gate")
        return status is not None and status.state is CameraState.LIVE

    def _captured_at(self) -> float:
        status = self.farm.status("gate")
        return status.last_frame_at.timestamp() if status and status.last_frame_at else 0.0

    def fetch(self, url: str) -> str:
        """What the console's machine gets there."""
        fetching = self.console.inside(sys.executable, "-c", _FETCH, url)
        return subprocess.run(fetching, capture_output=True, text=True, timeout=20, check=True).stdout

    @property
    def judged(self) -> int:
        """How many of the file's frames were."""
        return self.farm.account("yard").processed


def _judge_with_cuts(site: _Site, cuts: Sequence[tuple[Role, float]], timings: Timings) -> Totals:
    """The totals of the file, during which machines are cut off one after the other."""
    site.farm.wait_until(site.is_live)
    for role, seconds in cuts:
        site.farm.wait_until(lambda: site.judged)
        site.cut(role, seconds, timings)
    site.farm.wait_until(lambda: site.farm.is_done("yard"))
    assert site.farm.account("gate").is_exact
    assert site.farm.account("gate").ended
    return totals(site.farm.state, "yard")


def _assert_equal(undisturbed: Totals, found: Totals) -> None:
    assert contradictions(found) == []
    assert differences(undisturbed, found) == []


@pytest.mark.long
def test_cuts_lose_nothing_of_a_file_and_metrics_are_found_elsewhere(
    clip: Path, undisturbed: Totals, tmp_path: Path, timings: Timings
) -> None:
    with private_network() as network:
        site = _Site(network, tmp_path, clip, _QUICK, patience_s=1.5)
        _assert_equal(undisturbed, _judge_with_cuts(site, [("worker", 3), ("producer", 3)], timings))
        for role in site.hosts:
            assert "maskwatch_build_info" in site.fetch(site.farm.metrics_url(role))


# From the length of a lease to beyond the longest wait for an answer and the lease behind it (15 s and 5 s).
@pytest.mark.long
@pytest.mark.timeout(400)
@pytest.mark.parametrize("seconds", [5.0, 12.0, 25.0])
@pytest.mark.parametrize("role", ["worker", "producer"])
def test_cuts_longer_than_leases_and_time_limits_lose_nothing_of_a_file(
    role: Role, seconds: float, clip: Path, undisturbed: Totals, tmp_path: Path, timings: Timings
) -> None:
    with private_network() as network:
        site = _Site(network, tmp_path, clip, _FEW)
        _assert_equal(undisturbed, _judge_with_cuts(site, [(role, seconds)], timings))
