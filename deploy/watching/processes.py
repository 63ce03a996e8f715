"""How each program is started."""

from pathlib import Path

from deploy.local.child import ProcessSpec
from deploy.watching.addresses import HOST, Addresses
from deploy.watching.configuration import SHIPPED
from deploy.watching.folder import WatchingFolder
from deploy.watching.programs import Grafana, Programs

PROMETHEUS, ALERTMANAGER, GRAFANA = "prometheus", "alertmanager", "grafana"
# Alerts compare with a week ago and trainings with a month ago.
RETENTION = "35d"


def processes(
    programs: Programs, folder: WatchingFolder, addresses: Addresses, alertmanager_config: Path
) -> list[ProcessSpec]:
    """All that are there, those first that others talk to."""
    alertmanager = ProcessSpec(
        ALERTMANAGER,
        (
            programs.alertmanager,
            f"--config.file={alertmanager_config}",
            f"--storage.path={folder.alertmanager_data}",
            f"--web.listen-address={HOST}:{addresses.alertmanager_port}",
            f"--web.external-url={addresses.alertmanager}",
            "--cluster.listen-address=",  # one alone: it would open a port for others
        ),
        stop_rank=1,  # after whoever sends it alerts
    )
    prometheus = ProcessSpec(
        PROMETHEUS,
        (
            programs.prometheus,
            f"--config.file={folder.prometheus_config}",
            f"--storage.tsdb.path={folder.prometheus_data}",
            f"--storage.tsdb.retention.time={RETENTION}",
            f"--web.listen-address={HOST}:{addresses.prometheus_port}",
            f"--web.external-url={addresses.prometheus}",
        ),
        grace_s=30.0,  # it writes down what it holds in memory
    )
    found = [alertmanager, prometheus]
    if programs.grafana is not None:
        found.append(_grafana(programs.grafana, folder, addresses))
    return found


def _grafana(grafana: Grafana, folder: WatchingFolder, addresses: Addresses) -> ProcessSpec:
    """Dashboards for whoever sits at this machine, without a login and without a way to change them."""
    shipped = SHIPPED / "grafana"
    settings = {
        "GF_SERVER_HTTP_ADDR": HOST,
        "GF_SERVER_HTTP_PORT": str(addresses.grafana_port),
        "GF_PATHS_DATA": str(folder.grafana_data),
        "GF_PATHS_LOGS": str(folder.grafana_data / "log"),
        "GF_PATHS_PLUGINS": str(folder.grafana_data / "plugins"),
        "GF_PATHS_PROVISIONING": str(shipped / "provisioning"),
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
        "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true",  # none with a password that everybody knows
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "PROMETHEUS_URL": addresses.prometheus,
        "DASHBOARDS_FOLDER": str(shipped / "dashboards"),
    }
    return ProcessSpec(GRAFANA, (*grafana.command, f"--homepath={grafana.home}"), settings)
