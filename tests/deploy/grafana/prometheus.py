"""A real Prometheus with samples that are given to it, and its tests of expressions."""

import shutil
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import requests
import yaml

from deploy.grafana.expressions import Expression
from tests.waiting import eventually


@contextmanager
def running(samples: Iterable[str], folder: Path) -> Iterator[str]:
    """The address of a Prometheus that has these samples, lines of the OpenMetrics text format; skips without one."""
    for program in ("prometheus", "promtool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    text, data, configuration = folder / "samples.txt", folder / "data", folder / "prometheus.yml"
    text.write_text("\n".join(samples) + "\n")
    filled = ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)]
    subprocess.run(filled, check=True, capture_output=True, timeout=100)
    configuration.write_text("{}")
    url = f"http://127.0.0.1:{_free_port()}"
    command = [
        "prometheus",
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--log.level=error",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: _is_ready(url), timeout_s=60)
            yield url
        finally:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=5).ok
    except requests.ConnectionError:
        return False


def query(url: str, expr: str, at: float) -> list[dict[str, Any]]:
    """The samples that an expression gives at a time."""
    return _asked(f"{url}/api/v1/query", {"query": expr, "time": str(at)})


def shown(url: str, expression: Expression, at: float, window_s: int, step_s: int) -> list[dict[str, Any]]:
    """The series that a panel shows in the ``window_s`` before ``at``, asked for as Grafana does.

    Bars look ahead, to the end of their hour, so the newest point alone would show none.
    """
    if expression.is_instant:
        return query(url, expression.expr, at)
    parameters = {"query": expression.expr, "start": str(at - window_s), "end": str(at), "step": str(step_s)}
    return _asked(f"{url}/api/v1/query_range", parameters)


def _asked(url: str, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    answer = requests.post(url, data=parameters, timeout=60).json()
    assert answer["status"] == "success", f"{answer.get('error')}: {parameters['query']}"
    return cast("list[dict[str, Any]]", answer["data"]["result"])


def evaluates(expr: str, series: Mapping[str, str], at: str, to: Mapping[str, float], folder: Path) -> None:
    """Assert what an expression gives after ``at`` of series in promtool's notation, a sample a minute."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    expected = [{"labels": labels, "value": value} for labels, value in to.items()]
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": expr, "eval_time": at, "exp_samples": expected}],
    }
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump({"tests": [test]}))
    command = ["promtool", "test", "rules", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
