"""How many workers the queries of the ScaledObject ask for, as Prometheus itself reckons it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.k8s.manifests import K8S, Site, needs_kubectl, rendered
from tests.deploy.prometheus.rules import known_metrics

PROMTOOL = shutil.which("promtool")
pytestmark = [
    needs_kubectl,
    pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)"),
]
_HERE = 'namespace="maskwatch"'
_SCRAPES_S = 15


def triggers() -> dict[str, str]:
    """The queries by their names."""
    scaled = Site.parsed(rendered(K8S / "overlays" / "cluster")).of_kind("ScaledObject")[0]
    return {each["name"]: each["metadata"]["query"] for each in scaled["spec"]["triggers"]}


def processes(workers: int) -> dict[str, str]:
    """What the console says of three workers, and of another system that the same Prometheus watches."""
    return {
        f'maskwatch_processes{{{_HERE},role="worker"}}': f"{workers}x40",
        'maskwatch_processes{namespace="other",role="worker"}': "50x40",
    }


def oldest(age_s: float, camera: str = "gate", namespace: str = "maskwatch") -> dict[str, str]:
    """A camera's oldest frame, which is so old at each scrape."""
    name = f'maskwatch_oldest_frame_timestamp_seconds{{namespace="{namespace}",camera="{camera}"}}'
    return {name: f"{-age_s}+{_SCRAPES_S}x40"}


def factor(*shares: float) -> dict[str, str]:
    """The share of the due frames that each producer sends."""
    return {
        f'maskwatch_load_rate_factor_ratio{{{_HERE},instance="producer-{number}"}}': f"{share}x40"
        for number, share in enumerate(shares)
    }


def busy(*shares: float) -> dict[str, str]:
    """Workers that are busy for such a share of their time."""
    return {
        f'maskwatch_worker_busy_seconds_total{{{_HERE},instance="worker-{number}"}}': f"0+{share * _SCRAPES_S}x40"
        for number, share in enumerate(shares)
    }


CASES: dict[str, tuple[str, dict[str, str], float | None]] = {
    "nothing waits": ("oldest-frame", {**processes(3), **oldest(0)}, None),
    "what waits for less than a second is soon judged": ("oldest-frame", {**processes(3), **oldest(0.9)}, None),
    "half as many more": ("oldest-frame", {**processes(3), **oldest(1.5), **oldest(0, "yard")}, 4.5),
    "never more than twice as many": ("oldest-frame", {**processes(3), **oldest(300)}, 6),
    "another system's frames": ("oldest-frame", {**processes(3), **oldest(0), **oldest(300, namespace="other")}, None),
    "all due frames are sent": ("frames-held-back", {**processes(3), **factor(1, 1)}, None),
    "one producer sends two thirds": ("frames-held-back", {**processes(3), **factor(1, 0.6)}, 5),
    "never more than twice as many for that": ("frames-held-back", {**processes(3), **factor(0.01)}, 6),
    "two that are half busy are too many": ("busy-workers", busy(0.35, 0.35), 1),
    "three that are fully busy are too few": ("busy-workers", busy(0.98, 0.98, 0.98), 4.2),
    "no workers have been heard of": ("busy-workers", {}, None),
}


@pytest.mark.parametrize(("trigger", "series", "wanted"), CASES.values(), ids=CASES)
def test_it_asks_for_so_many(trigger: str, series: dict[str, str], wanted: float | None, tmp_path: Path) -> None:
    query = triggers()[trigger]
    # Ten seconds behind a scrape: an age must not grow while nobody looks.
    check(tmp_path, query, series, wanted, at="4m40s")


def test_what_grows_between_scrapes_would_be_noticed(tmp_path: Path) -> None:
    naive = f"time() - min(maskwatch_oldest_frame_timestamp_seconds{{{_HERE}}})"
    check(tmp_path, naive, oldest(0), 10, at="4m40s")


def check(folder: Path, query: str, series: dict[str, str], wanted: float | None, at: str) -> None:
    samples = [] if wanted is None else [{"labels": "{}", "value": wanted}]
    # Prometheus compares exactly, and what is reckoned has a last digit.
    expression = f"round({query}, 0.001)"
    test: dict[str, Any] = {
        "interval": f"{_SCRAPES_S}s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": expression, "eval_time": at, "exp_samples": samples}],
    }
    file = folder / "tests.yml"
    file.write_text(yaml.safe_dump({"evaluation_interval": f"{_SCRAPES_S}s", "tests": [test]}))
    command = [str(PROMTOOL), "test", "rules", str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_they_ask_for_metrics_that_there_are() -> None:
    asked = {word for query in triggers().values() for word in query.replace("{", " ").replace("(", " ").split()
             if word.startswith("maskwatch_")}  # fmt: skip
    assert len(asked) == 4
    assert asked <= known_metrics().keys()
