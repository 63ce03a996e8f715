from pathlib import Path
from typing import Any

import yaml

from deploy.watching.addresses import Addresses
from deploy.watching.configuration import SHIPPED, write_configuration
from deploy.watching.folder import WatchingFolder
from deploy.watching.processes import processes
from deploy.watching.programs import Grafana, Programs, find_programs

HERE = Addresses("http://10.0.0.9:8686", 19090, 19093, 13000)
USUAL = Addresses("http://127.0.0.1:8686", 9090, 9093, 3000)
NONE = Programs("/usr/bin/prometheus", "/usr/bin/prometheus-alertmanager", None)


def written(folder: WatchingFolder, addresses: Addresses) -> dict[str, Any]:
    write_configuration(folder, addresses)
    config: dict[str, Any] = yaml.safe_load(folder.prometheus_config.read_text())
    return config


def test_prometheus_finds_console_alertmanager_itself_and_the_rules_where_they_are(tmp_path: Path) -> None:
    config = written(WatchingFolder(tmp_path), HERE)
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    assert jobs["maskwatch"]["http_sd_configs"][0]["url"] == "http://10.0.0.9:8686/prometheus/targets"
    assert jobs["maskwatch"]["honor_labels"]
    assert jobs["prometheus"]["static_configs"] == [{"targets": ["127.0.0.1:19090"]}]
    assert jobs["alertmanager"]["static_configs"] == [{"targets": ["127.0.0.1:19093"]}]
    assert config["alerting"]["alertmanagers"][0]["static_configs"] == [{"targets": ["127.0.0.1:19093"]}]
    assert config["rule_files"] == [str(tmp_path / "alerts.yml")]


def test_at_the_usual_addresses_it_is_what_the_repository_holds(tmp_path: Path) -> None:
    shipped = yaml.safe_load((SHIPPED / "prometheus" / "prometheus.yml").read_text())
    config = written(WatchingFolder(tmp_path), USUAL)
    assert {**config, "rule_files": ["alerts.yml"]} == shipped
    assert (tmp_path / "alerts.yml").read_text() == (SHIPPED / "prometheus" / "alerts.yml").read_text()


def test_alerts_link_to_grafana_where_it_is(tmp_path: Path) -> None:
    write_configuration(WatchingFolder(tmp_path), HERE)
    rules = (tmp_path / "alerts.yml").read_text()
    assert "http://127.0.0.1:13000/d/maskwatch-pipeline" in rules
    assert ":3000" not in rules


def test_who_hears_of_alerts_is_written_once_and_the_operator_s_from_then_on(tmp_path: Path) -> None:
    folder = WatchingFolder(tmp_path)
    write_configuration(folder, HERE)
    assert "receivers:" in folder.alertmanager_config.read_text()
    folder.alertmanager_config.write_text("mine")
    write_configuration(folder, HERE)
    assert folder.alertmanager_config.read_text() == "mine"


def test_nothing_listens_for_other_machines(tmp_path: Path) -> None:
    grafana = Grafana(("/usr/sbin/grafana-server",), Path("/usr/share/grafana"))
    programs = Programs(NONE.prometheus, NONE.alertmanager, grafana)
    folder = WatchingFolder(tmp_path)
    specs = {spec.name: spec for spec in processes(programs, folder, HERE, folder.alertmanager_config)}
    assert "--web.listen-address=127.0.0.1:19090" in specs["prometheus"].argv
    assert {"--web.listen-address=127.0.0.1:19093", "--cluster.listen-address="} <= set(specs["alertmanager"].argv)
    assert specs["grafana"].env["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"


def test_grafana_gets_the_dashboards_the_repository_holds(tmp_path: Path) -> None:
    grafana = Grafana(("/usr/sbin/grafana-server",), Path("/usr/share/grafana"))
    programs = Programs(NONE.prometheus, NONE.alertmanager, grafana)
    folder = WatchingFolder(tmp_path)
    env = next(spec.env for spec in processes(programs, folder, HERE, folder.alertmanager_config) if spec.env)
    assert any(Path(env["DASHBOARDS_FOLDER"]).glob("*.json"))
    asked = [path.read_text() for path in Path(env["GF_PATHS_PROVISIONING"]).glob("*/*.yaml")]
    assert any("$PROMETHEUS_URL" in text for text in asked)
    assert any("$DASHBOARDS_FOLDER" in text for text in asked)
    assert env["PROMETHEUS_URL"] == "http://127.0.0.1:19090"


def test_programs_are_found_under_the_names_of_debian_and_of_their_makers(tmp_path: Path) -> None:
    unpacked = tmp_path / "grafana"
    (unpacked / "conf").mkdir(parents=True)
    for name in ("bin/prometheus", "bin/alertmanager", "grafana/bin/grafana-server"):
        program = tmp_path / name
        program.parent.mkdir(exist_ok=True)
        program.touch(mode=0o755)
    found = find_programs(f"{tmp_path / 'bin'}:{unpacked / 'bin'}")
    assert found.alertmanager == str(tmp_path / "bin" / "alertmanager")
    assert found.grafana == Grafana((str(unpacked / "bin" / "grafana-server"),), unpacked)
    (unpacked / "bin" / "grafana").touch(mode=0o755)
    newer = find_programs(f"{tmp_path / 'bin'}:{unpacked / 'bin'}")
    assert newer.grafana == Grafana((str(unpacked / "bin" / "grafana"), "server"), unpacked)
    (tmp_path / "bin" / "prometheus-alertmanager").touch(mode=0o755)
    assert find_programs(str(tmp_path / "bin")).alertmanager.endswith("/prometheus-alertmanager")
