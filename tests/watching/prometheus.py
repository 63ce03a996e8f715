"""A real Prometheus that watches a running system."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.waiting import eventually

DEPLOY = Path(__file__).parents[2] / "deploy/prometheus"
NOWHERE = "127.0.0.1:9"

needs_prometheus = pytest.mark.skipif(shutil.which("prometheus") is None, reason="there is no prometheus here")


@dataclass(frozen=True)
class Prometheus:
    """One that runs, by its address."""

    url: str

    def query(self, expr: str) -> list[dict[str, Any]]:
        """The series of now."""
        return self._series("query", {"query": expr})

    def graph(self, expr: str, seconds: int = 60, step_s: int = 10) -> list[dict[str, Any]]:
        """The series up to now, as a panel draws them."""
        now = time.time()
        return self._series("query_range", {"query": expr, "start": now - seconds, "end": now, "step": step_s})

    def value(self, expr: str) -> float | None:
        """Of the one series of now; ``None`` for none."""
        found = self.query(expr)
        return float(found[0]["value"][1]) if found else None

    def by(self, label: str, expr: str) -> dict[str, float]:
        """The values of now by a label."""
        return {each["metric"].get(label, ""): float(each["value"][1]) for each in self.query(expr)}

    def firing(self) -> set[str]:
        """The names of the alerts that fire now."""
        alerts = requests.get(f"{self.url}/api/v1/alerts", timeout=10).json()["data"]["alerts"]
        return {each["labels"]["alertname"] for each in alerts if each["state"] == "firing"}

    def rules(self) -> list[dict[str, Any]]:
        """All rules, with how their last evaluation went."""
        groups = requests.get(f"{self.url}/api/v1/rules", timeout=10).json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def roles_up(self) -> set[str]:
        """The roles of the processes that are scraped."""
        return {each["metric"].get("role", "") for each in self.query('up{job="maskwatch"} == 1')}

    def _series(self, what: str, parameters: Mapping[str, str | float]) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/api/v1/{what}", params=parameters, timeout=10).json()
        assert answer["status"] == "success", f"{parameters['query']}: {answer['error']}"
        series: list[dict[str, Any]] = answer["data"]["result"]
        return series


@contextmanager
def watching(folder: Path, console_url: str, rules: Path | None = None) -> Iterator[Prometheus]:
    """Starts one with our own configuration, but that it looks each second; ``rules`` may be others than ours.

    Where there are rules, there is an Alertmanager that does not answer.
    """
    port = _free_port()
    folder.mkdir(exist_ok=True)
    (folder / "prometheus.yml").write_text(yaml.safe_dump(_config(console_url, port, rules)))
    command = [
        "prometheus", f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        found = Prometheus(f"http://127.0.0.1:{port}")
        eventually(lambda: _is_ready(found.url), 30, 0.1)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _config(console_url: str, port: int, rules: Path | None) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(rules)] if rules else []
    config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [NOWHERE] if rules else []}]}]}
    jobs = {each["job_name"]: each for each in config["scrape_configs"]}
    sd = {"url": f"{console_url}/prometheus/targets", "refresh_interval": "1s"}
    jobs["maskwatch"]["http_sd_configs"] = [sd]
    jobs["prometheus"]["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    config["scrape_configs"] = [jobs["maskwatch"], jobs["prometheus"]]
    return config


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/-/ready", timeout=2).ok
    except requests.ConnectionError:
        return False
