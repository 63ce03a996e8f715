"""What `maskwatch up` is asked to run, and everything that can be wrong with it before anything starts."""

import socket
from dataclasses import dataclass, field
from pathlib import Path

from console.cameras import keys as camera_keys
from console.cameras.sources import check_source
from console.cameras.wishes import Wish
from console.errors import BadInput
from console.judging_options import check_detector
from console.output_files import check_writable
from console.registry_option import resolved
from console.web.tokens import is_loopback, kept_token, token_of
from console.yunet_weights import with_weights
from deploy.local.data_folder import DataFolder
from deploy.local.shipped_models import ensure_model
from deploy.local.system import SystemPlan
from shared.connections import check_servers
from shared.probes import advertised
from shared.settings import (
    PREFIX,
    ConsoleSettings,
    EventsSettings,
    LocalSettings,
    ProducerSettings,
    SnapshotSettings,
    TrainerSettings,
    WorkerSettings,
    load,
)


@dataclass(frozen=True)
class UpRequest:
    """The options of `maskwatch up`. ``overrides`` are settings given as options, by field name."""

    data: DataFolder
    cameras: list[Wish]
    workers: int
    frames_redis: str | None
    state_redis: str | None
    exit_when_done: bool
    json_path: Path | None
    overrides: dict[str, str | int] = field(default_factory=dict)
    trains: bool = False


def check_request(request: UpRequest) -> None:
    """Refuse what cannot work, without touching the data folder.

    Raises:
        BadInput, InvalidSetting, UnknownSetting, ServerUnreachable: in one line what to correct.
    """
    load(ProducerSettings)
    load(EventsSettings)
    load(TrainerSettings)
    load(LocalSettings)
    check_detector(_worker_settings(request))
    if request.json_path is not None and not request.exit_when_done:
        raise BadInput("--json writes what a run came to: it needs --exit-when-done")
    if request.state_redis is not None and "state_fsync" in request.overrides:
        raise BadInput("--state-fsync is for the built-in state server: set appendfsync in the configuration of yours")
    check_writable(request.json_path)
    for wished in request.cameras:
        if request.exit_when_done and not wished.is_lossless:
            raise BadInput(f"camera {wished.id} is live and never ends: --exit-when-done needs files or folders")
        check_source(wished)
    check_servers(request.frames_redis, request.state_redis)


def _worker_settings(request: UpRequest) -> WorkerSettings:
    given = {name: value for name, value in request.overrides.items() if name in WorkerSettings.model_fields}
    return with_weights(load(WorkerSettings, **given), request.data)


def make_plan(request: UpRequest) -> SystemPlan:
    """See that there is a model to serve and a port to serve the page on; the data folder is locked by now.

    Raises:
        InvalidSetting: the token that page and API are to demand cannot be used.
        ModelError: no sound model is promoted.
        BadInput: something else listens on the console's port.
    """
    worker = _worker_settings(request)
    registry = resolved(worker.registry or request.data.models)
    ensure_model(registry, worker.model_name)
    given = {name: value for name, value in request.overrides.items() if name in ConsoleSettings.model_fields}
    console = load(ConsoleSettings, **given)
    port = _port(console.console_host, console.console_port)
    settings: dict[str, str] = {f"{PREFIX}DETECTOR": worker.detector}
    if worker.yunet_weights is not None:
        settings[f"{PREFIX}YUNET_WEIGHTS"] = str(worker.yunet_weights.expanduser().resolve())
    settings |= {PREFIX + name.upper(): str(value) for name, value in request.overrides.items()}
    settings[f"{PREFIX}REVIEW"] = _review_folder(request)
    settings[f"{PREFIX}DATA"] = str(request.data.root)
    settings[f"{PREFIX}CAMERA_KEY_FILE"] = str(camera_keys.key_file(request.data))
    token_file = _token_file(console, request.data)
    token_of(console.model_copy(update={"console_token_file": token_file}))  # sees that it can be used
    if token_file is not None:
        settings[f"{PREFIX}CONSOLE_TOKEN_FILE"] = str(token_file)
    return SystemPlan(
        frames_redis=request.frames_redis,
        state_redis=request.state_redis,
        shards=worker.shards,
        registry=registry,
        console_url=f"http://{advertised(console.console_host)}:{port}",
        snapshots=_snapshots_place(request),
        settings=settings | {f"{PREFIX}CONSOLE_PORT": str(port)},
        trains=request.trains,
        state_fsync=_local_settings(request).state_fsync,
    )


def _token_file(console: ConsoleSettings, data: DataFolder) -> Path | None:
    """The file with the token that page and API demand; one is made where others can come and none is set."""
    if console.console_token_file is not None:
        return console.console_token_file.expanduser().resolve()
    if console.console_token is not None or is_loopback(console.console_host):
        return None
    kept_token(data.console_token)
    return data.console_token


def _local_settings(request: UpRequest) -> LocalSettings:
    given = {name: value for name, value in request.overrides.items() if name in LocalSettings.model_fields}
    return load(LocalSettings, **given)


def _review_folder(request: UpRequest) -> str:
    """Where unsure faces are kept: as an option or a setting says, else in the data folder; empty for nowhere."""
    given = {name: value for name, value in request.overrides.items() if name == "review"}
    events = load(EventsSettings, **given)
    if "review" not in events.model_fields_set:
        return str(request.data.review)
    return str(events.review.expanduser().resolve()) if events.review else ""


def _snapshots_place(request: UpRequest) -> str:
    """Where pictures of violations are kept: as an option or a setting says, else in the data folder."""
    given = {name: value for name, value in request.overrides.items() if name == "snapshots"}
    settings = load(SnapshotSettings, **given)
    if "snapshots" not in settings.model_fields_set:
        return str(request.data.snapshots)
    return resolved(settings.snapshots) if settings.snapshots else ""


def _port(host: str, port: int) -> int:
    """The port if it is free; for 0 a free one."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = f"port {port} on {host} cannot be served ({error.strerror})"
            raise BadInput(f"{reason}; choose another with --port") from error
        return int(probe.getsockname()[1])
