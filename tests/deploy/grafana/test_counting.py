"""What is counted exactly, on series that are hard to count."""

import time
from pathlib import Path

import pytest

from deploy.grafana.counting import changed, counted, counted_ahead
from deploy.grafana.promql import first_seen
from tests.deploy.grafana.prometheus import evaluates, query, running

SERIES = "violations_total"
GATE = '{camera="gate"}'


def of_all(expr: str) -> str:
    """With all cameras chosen."""
    return expr.replace("$camera", ".*")


@pytest.mark.parametrize(
    ("series", "violations"),
    [
        pytest.param({'{instance="a"}': "5x60 6x58 8"}, 3, id="whole numbers, where increase() gives others"),
        pytest.param({'{instance="a"}': "_x90 0x10 2x17 3"}, 3, id="a camera that is new"),
        pytest.param({'{instance="a"}': "_x90 70x10 72x20"}, 2, id="a Prometheus that came later than the counter"),
        pytest.param({'{instance="a"}': "50x90 0x10 4x20"}, 4, id="a counter that began anew"),
        pytest.param({'{instance="a"}': "5x60 6x20 8x10 _x29"}, 3, id="a camera that was removed since"),
        pytest.param({'{instance="a"}': "5x90 stale", '{instance="b"}': "_x95 7x25"}, 2, id="a console that moved"),
        pytest.param({'{instance="a"}': "5x120", '{instance="b"}': "5x120"}, 0, id="two consoles, nothing happened"),
        pytest.param({'{instance="a"}': "5x90 9x30", '{instance="b"}': "5x90 9x30"}, 4, id="two consoles"),
    ],
)
def test_violations_of_an_hour_are_exact(series: dict[str, str], violations: float, tmp_path: Path) -> None:
    given = {f'{SERIES}{{camera="gate", {labels[1:]}': values for labels, values in series.items()}
    evaluates(of_all(counted(SERIES, "camera", "1h")), given, "2h", {GATE: violations}, tmp_path)


@pytest.mark.parametrize(
    ("watched_s", "violations"),
    [
        pytest.param("_x90 16+60x30", 3, id="new: what was counted before the first scrape is of this hour"),
        pytest.param("_x90 9000+60x30", 2, id="old: what was counted before the first scrape may be of last week"),
    ],
)
def test_what_a_camera_had_counted_when_it_was_first_seen(watched_s: str, violations: float, tmp_path: Path) -> None:
    given = {f"{SERIES}{GATE}": "_x90 1x10 3x20", f"maskwatch_watched_seconds_total{GATE}": watched_s}
    evaluates(of_all(counted(SERIES, "camera", "1h")), given, "2h", {GATE: violations}, tmp_path)


def test_a_bar_holds_what_happens_from_its_time_on_and_the_last_one_grows_while_its_hour_runs(tmp_path: Path) -> None:
    now = int(time.time()) // 60 * 60
    counts = [*[0] * 60, *[2] * 60, *[5] * 21]
    began_at = now - 60 * (len(counts) - 1)
    samples = [f"{SERIES}{GATE} {count} {began_at + 60 * minute}" for minute, count in enumerate(counts)]
    with running([*samples, "# EOF"], tmp_path) as url:
        bars = [query(url, of_all(counted_ahead(SERIES, "camera", "1h")), began_at + 3600 * hour) for hour in range(3)]
    # 2 came with the sample at the full hour, and so are of the hour that ended then.
    assert [[sample["value"][1] for sample in bar] for bar in bars] == [["2"], ["3"], ["0"]]


def test_a_dismissal_that_is_taken_back_lowers_the_dismissals(tmp_path: Path) -> None:
    evaluates(changed(SERIES, "camera", "1h"), {f"{SERIES}{GATE}": "4x90 3x30"}, "2h", {GATE: -1}, tmp_path)


INFO = {'info{version="1", instance="a"}': "1x60 stale", 'info{version="2", instance="a"}': "_x61 1x60"}


def test_a_model_version_is_marked_when_it_comes(tmp_path: Path) -> None:
    expr = first_seen("info", "version").replace("$__interval", "5m")
    evaluates(expr, INFO, "63m", {'{version="2"}': 1}, tmp_path)
    evaluates(expr, INFO, "90m", {}, tmp_path)


def test_a_start_and_a_restart_are_no_change_of_version(tmp_path: Path) -> None:
    expr = first_seen("info", "version").replace("$__interval", "5m")
    started = {'info{version="1", instance="a"}': "_x30 1x30 stale _x29 1x60"}
    for at in ("32m", "91m"):
        evaluates(expr, started, at, {}, tmp_path)
