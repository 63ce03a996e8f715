"""The configuration that the repository holds, with the addresses of one machine in it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import deploy
from deploy.watching.addresses import HOST, Addresses
from deploy.watching.folder import WatchingFolder

SHIPPED = Path(deploy.__file__).parent
TARGETS_PATH = "/prometheus/targets"
_SHIPPED_GRAFANA = "http://127.0.0.1:3000"


def write_configuration(folder: WatchingFolder, addresses: Addresses) -> None:
    """Write what Prometheus and Alertmanager read; Alertmanager's only where there is none yet."""
    shipped = yaml.safe_load((SHIPPED / "prometheus" / "prometheus.yml").read_text())
    config = prometheus_config(shipped, addresses, folder.rules)
    folder.prometheus_config.write_text(yaml.safe_dump(config, sort_keys=False))
    rules = (SHIPPED / "prometheus" / "alerts.yml").read_text()
    folder.rules.write_text(rules.replace(_SHIPPED_GRAFANA, addresses.grafana))
    if not folder.alertmanager_config.exists():
        shutil.copyfile(SHIPPED / "alertmanager" / "alertmanager.yml", folder.alertmanager_config)


def prometheus_config(shipped: Mapping[str, Any], addresses: Addresses, rules: Path) -> dict[str, Any]:
    """The shipped configuration with other addresses and another place of the rules."""
    alertmanager = [{"targets": [f"{HOST}:{addresses.alertmanager_port}"]}]
    of_job = {
        "prometheus": {"static_configs": [{"targets": [f"{HOST}:{addresses.prometheus_port}"]}]},
        "alertmanager": {"static_configs": alertmanager},
    }
    return {
        **shipped,
        "rule_files": [str(rules)],
        "alerting": {"alertmanagers": [{"static_configs": alertmanager}]},
        "scrape_configs": [
            {**job, **of_job[job["job_name"]]} if job["job_name"] in of_job else _finding(job, addresses.console)
            for job in shipped["scrape_configs"]
        ],
    }


def _finding(job: Mapping[str, Any], console: str) -> dict[str, Any]:
    return {**job, "http_sd_configs": [{**each, "url": console + TARGETS_PATH} for each in job["http_sd_configs"]]}
