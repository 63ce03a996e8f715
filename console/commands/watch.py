"""`maskwatch watch`: Prometheus, Alertmanager and Grafana beside the system."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from console.errors import BadInput, CommandFailed
from console.finding import DataOption, data_folder
from deploy.local.data_folder import DataFolder, NothingRuns
from shared.settings import ConsoleSettings, load

if TYPE_CHECKING:
    from console.running import StopRequest
    from deploy.watching.watch import Watch

_TICK_S = 0.1
_LOOK_S = 10.0  # between two looks for the console
_COMPOSE = "deploy/compose/watching.yaml"

ConsoleOption = Annotated[
    str | None, typer.Option("--console", help="Address of the system's console, instead of --data's.", metavar="URL")
]
PrometheusOption = Annotated[int, typer.Option("--prometheus-port", min=1, max=65535, help="Prometheus's port.")]
AlertmanagerOption = Annotated[int, typer.Option("--alertmanager-port", min=1, max=65535, help="Alertmanager's port.")]
GrafanaOption = Annotated[int, typer.Option("--grafana-port", min=1, max=65535, help="Grafana's port.")]
ReceiversOption = Annotated[
    Path | None,
    typer.Option("--alertmanager-config", help="Who hears of alerts; by default the data folder's.", metavar="FILE"),
]


def watch(
    *,
    data: DataOption = None,
    console: ConsoleOption = None,
    prometheus_port: PrometheusOption = 9090,
    alertmanager_port: AlertmanagerOption = 9093,
    grafana_port: GrafanaOption = 3000,
    alertmanager_config: ReceiversOption = None,
) -> None:
    """Run Prometheus and Alertmanager of this machine beside the system, and Grafana where it is installed.

    It may start before the system and goes on without it: somebody has to tell that it is down.
    """
    # Imported here, so that other commands start without it.
    from console.running import StopRequest  # noqa: PLC0415
    from deploy.watching.addresses import Addresses, PortTaken  # noqa: PLC0415
    from deploy.watching.folder import WatchingFolder, WatchingFolderUnusable, WatchingRuns  # noqa: PLC0415
    from deploy.watching.programs import ProgramMissing, find_programs  # noqa: PLC0415
    from deploy.watching.watch import Watch, WatchingFailed  # noqa: PLC0415

    found = data_folder(data)
    given, receivers = _checked(console), _existing(alertmanager_config)
    addresses = Addresses(_console_url(given, found), prometheus_port, alertmanager_port, grafana_port)
    folder = WatchingFolder(found.root / "watching")
    stop = StopRequest()
    stop.listen()
    try:
        programs = find_programs()
        with folder.locked():
            watch = Watch(programs, folder, addresses, _say, receivers)
            try:
                watch.start(stop.is_made)
                _introduce(watch)
                _follow(watch, stop, given, found)
            finally:
                _say("stopping")
                watch.stop(stop.is_urgent)
    except (PortTaken, WatchingFolderUnusable) as error:
        raise BadInput(str(error)) from error
    except (ProgramMissing, WatchingRuns, WatchingFailed) as error:
        raise CommandFailed(str(error)) from error


def _checked(console: str | None) -> str | None:
    if console is None:
        return None
    parts = urlsplit(console)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise BadInput(f"--console {console} is no address such as http://127.0.0.1:8686")
    return console.rstrip("/")


def _existing(config: Path | None) -> Path | None:
    if config is None:
        return None
    if not config.is_file():
        raise BadInput(f"there is no file {config}")
    return config.resolve()


def _console_url(given: str | None, data: DataFolder) -> str:
    """Where the console is: as an option says, else as the data folder says, else where it usually is."""
    if given is not None:
        return given
    try:
        return data.running().console_url
    except NothingRuns:
        settings = load(ConsoleSettings)
        return f"http://{settings.console_host}:{settings.console_port}"


def _follow(watch: "Watch", stop: "StopRequest", given: str | None, data: DataFolder) -> None:
    look_at = time.monotonic()
    while not stop.is_made():
        watch.supervisor.tick()
        if time.monotonic() >= look_at:
            watch.follow(_console_url(given, data))
            look_at = time.monotonic() + _LOOK_S
        stop.wait(_TICK_S)


def _introduce(watch: "Watch") -> None:
    _say(f"watching {watch.addresses.console}; Ctrl-C stops it")
    _say(f"  prometheus    {watch.addresses.prometheus}/alerts")
    _say(f"  alertmanager  {watch.addresses.alertmanager} (receivers: {watch.alertmanager_config})")
    if watch.has_grafana:
        _say(f"  grafana       {watch.addresses.grafana}/dashboards")
    else:
        _say(f"  grafana       is not installed here: docker compose --file {_COMPOSE} up --detach grafana")
    _say(f"  logs          {watch.folder.logs}")


def _say(line: str) -> None:
    typer.echo(line)
