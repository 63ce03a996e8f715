"""The soak: its verdicts, and a short real run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.soak.__main__ import main
from tests.benchmarks.soak.figures import KINDS, Sample, trends
from tests.benchmarks.soak.report import Soak, is_bad, sentence, table
from tests.benchmarks.soak.sampling import _kind_of

_LOOKS = 60
_EVERY_S = 60.0


def _samples(kind: str, figure: Callable[[int], float], looks: int = _LOOKS) -> list[Sample]:
    return [Sample(_EVERY_S * look, {kind: {"worker-1": figure(look)}}) for look in range(looks)]


@pytest.mark.parametrize(
    ("kind", "figure", "expected"),
    [
        ("RSS", lambda look: 200 + look % 7, "flat"),
        ("RSS", lambda look: 200 + look / 20, "flat"),  # 3 MiB in all are a trifle
        ("RSS", lambda look: 200 + look / 4 + look % 7, "grows"),
        ("RSS", lambda look: 200 + (20 if look > 20 else 0), "flat"),  # a step once
        ("RSS", lambda look: 200 + 30 * min(1.0, look / 9), "flat"),  # the warm-up
        ("RSS", lambda look: 300 - look, "flat"),
        ("open files", lambda look: 20 + look // 15, "grows"),
        ("open files", lambda look: 20 + look % 2, "flat"),
        ("latency", lambda look: 200 + 80 * (look % 3), "flat"),
        ("latency", lambda look: 200 + 10 * look, "grows"),
        ("inexact cameras", lambda look: look / 100, "grows"),
        ("kept keys", lambda look: 10.0 * look, "kept"),
    ],
)
def test_only_what_goes_on_rising_grows(kind: str, figure: Callable[[int], float], expected: str) -> None:
    (trend,) = trends(_samples(kind, figure))
    assert trend.verdict == expected


@pytest.mark.parametrize(("looks", "verdict"), [(1, "too short"), (11, "too short"), (12, "grows")])
def test_a_few_looks_are_no_trend(looks: int, verdict: str) -> None:
    (trend,) = trends(_samples("threads", lambda look: 9.0 + look, looks))
    assert trend.verdict == verdict


def test_a_slope_is_told_by_the_hour_and_medians_without_the_warm_up() -> None:
    (trend,) = trends(_samples("RSS", lambda look: 100 + look))
    assert trend.slope is not None
    assert trend.slope.value == pytest.approx(60)
    assert (trend.first, trend.most) == (112, 159)
    assert 145 < trend.last < 159


def test_what_grows_stands_first_and_makes_a_soak_bad() -> None:
    calm, growing = _samples("RSS", lambda _: 200.0), _samples("threads", lambda look: 9.0 + look)
    both = [Sample(one.at_s, {**one.figures, **other.figures}) for one, other in zip(calm, growing, strict=True)]
    soak = Soak("a machine", {}, both)
    found = trends(both)
    assert table(found).splitlines()[2].startswith("| threads | worker-1 | 21.0 |")
    assert sentence(soak, found).endswith("threads of worker-1 grows.")
    assert is_bad(soak, found)
    assert not is_bad(Soak("a machine", {}, calm), trends(calm))
    assert is_bad(Soak("a machine", {}, calm, faults=["worker-1 ended"]), trends(calm))


def test_a_soak_without_a_look_has_a_table_too() -> None:
    assert table(trends([])).count("\n") == 1
    assert sentence(Soak("a machine", {}), []) == "0 minutes, 0 looks, 0 violations: flat."


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("maskwatch:{s3}:counts:gate:17", "counts"),
        ("maskwatch:{s0}:lease:events:gate", "lease"),
        ("maskwatch:cameras", "cameras"),
        ("maskwatch:{heartbeat}:fared", "{heartbeat}:fared"),
    ],
)
def test_keys_are_told_by_kind(key: str, kind: str) -> None:
    assert _kind_of(key) == kind


@pytest.mark.parametrize(
    "arguments",
    [["--minutes", "0"], ["--every", "-1"], ["--cameras", "0"], ["--json", "/nowhere/at/all.json"], ["--scene", "x"]],
)
def test_options_that_cannot_be_meant_are_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.long
def test_a_real_system_is_looked_at(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "soak.json"
    arguments = ["--minutes", "0.1", "--every", "1", "--cameras", "2", "--workers", "1", "--json", str(path)]
    assert main([*arguments, "--wire", "mjpeg"]) == 0  # it is too short for more than faults
    told: dict[str, Any] = json.loads(path.read_text())
    assert len(told["samples"]) >= 5
    last = told["samples"][-1]["figures"]
    system = {"up", "producer", "worker-1", "events", "console", "redis frames", "redis state"}
    assert all(system <= last[kind].keys() for kind in ("RSS", "PSS", "open files", "threads", "processor time"))
    assert last["RSS"]["worker-1"] > last["PSS"]["worker-1"] > 50
    assert last["entries"]["results"] > 0
    assert last["server memory"].keys() == {"frames", "state"}
    assert {"state", "models"} <= last["kept files"].keys()
    assert {"counts", "history"} <= last["kept keys"].keys()
    assert "capture" in last["keys"]
    assert last["inexact cameras"] == {"all": 0}
    assert told["faults"] == []
    assert {each["kind"] for each in told["trends"]} <= KINDS.keys()
    assert "looks" in capsys.readouterr().out
