"""`maskwatch up`: everything on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from console.finding import DataOption, data_folder
from console.output_files import JsonOption
from deploy.local.system import MAX_WORKERS, usual_workers
from shared.settings import DetectorName, Fsync

CameraOption = Annotated[
    list[str] | None,
    typer.Option(
        "--camera",
        help="A camera to watch, such as gate=rtsp://10.0.0.9/stream, hall=loop:clip.mp4 or drop=watch:folder; "
        "can be given several times.",
        metavar="ID=SOURCE",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=MAX_WORKERS, help="Inference workers to run; as fit the cores without."),
]
RedisOption = Annotated[
    str | None, typer.Option("--redis", help="Use this Redis server instead of the built-in ones.", metavar="URL")
]
FramesRedisOption = Annotated[
    str | None,
    typer.Option("--frames-redis", envvar="MASKWATCH_FRAMES_REDIS", help="For frames and results only.", metavar="URL"),
]
StateRedisOption = Annotated[
    str | None,
    typer.Option("--state-redis", envvar="MASKWATCH_STATE_REDIS", help="For all that must last.", metavar="URL"),
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", min=0, max=65535, help="Port of page, API and /metrics, 8686 by default; 0 takes a free one."
    ),
]
HostOption = Annotated[
    str | None,
    typer.Option(
        "--host",
        help="Address at which page and API are served, 127.0.0.1 by default; with another one, such as 0.0.0.0 for "
        "all, a token is demanded, which is made and kept in the data folder unless the settings have one.",
        metavar="ADDRESS",
    ),
]
DetectorOption = Annotated[DetectorName | None, typer.Option("--detector", help="How faces are found.")]
YunetOption = Annotated[
    Path | None, typer.Option("--yunet-weights", help="ONNX file of the detector yunet.", metavar="PATH")
]
FpsOption = Annotated[
    float | None, typer.Option("--fps", min=0.01, max=240, help="Frames a second to take of the cameras given.")
]
SnapshotsOption = Annotated[bool, typer.Option("--no-snapshots", help="Keep no pictures of violations.")]
ReviewOption = Annotated[bool, typer.Option("--no-review", help="Keep no unsure faces for `maskwatch review`.")]
NoTrainerOption = Annotated[
    bool, typer.Option("--no-trainer", help="Run no trainer, which waits for `maskwatch train --queue`.")
]
FsyncOption = Annotated[
    Fsync | None,
    typer.Option(
        "--state-fsync",
        help="When counts are on the disk for sure: everysec (a power cut takes up to two seconds of them) "
        "or always (slower on slow disks).",
    ),
]
ExitOption = Annotated[bool, typer.Option("--exit-when-done", help="End when every file is fully judged.")]


def up(  # noqa: PLR0913 - each is an option
    *,
    camera: CameraOption = None,
    workers: WorkersOption = None,
    redis: RedisOption = None,
    frames_redis: FramesRedisOption = None,
    state_redis: StateRedisOption = None,
    data: DataOption = None,
    host: HostOption = None,
    port: PortOption = None,
    detector: DetectorOption = None,
    yunet_weights: YunetOption = None,
    fps: FpsOption = None,
    no_review: ReviewOption = False,
    no_snapshots: SnapshotsOption = False,
    no_trainer: NoTrainerOption = False,
    state_fsync: FsyncOption = None,
    exit_when_done: ExitOption = False,
    json_path: JsonOption = None,
) -> None:
    """Start everything and watch it: servers, producer, workers, events, the web page.

    Cameras given are added to those that the data folder keeps; a file that is judged to its end
    starts again, one that is not goes on. With --exit-when-done the cameras given are the only ones.
    Without any camera there are two drawn demo feeds.
    """
    # Imported here, so that other commands start without it.
    from console import running, starting  # noqa: PLC0415
    from console.cameras import parsing  # noqa: PLC0415

    overrides = {
        "console_host": host,
        "console_port": port,
        "detector": detector,
        "yunet_weights": _absolute(yunet_weights),
        "review": "" if no_review else None,
        "snapshots": "" if no_snapshots else None,
        "state_fsync": state_fsync,
    }
    request = starting.UpRequest(
        data=data_folder(data),
        cameras=parsing.parse_all(camera or [], fps),
        workers=workers or usual_workers(),
        frames_redis=redis or frames_redis,
        state_redis=redis or state_redis,
        exit_when_done=exit_when_done,
        trains=not (no_trainer or exit_when_done),
        json_path=json_path,
        overrides={name: value for name, value in overrides.items() if value is not None},
    )
    starting.check_request(request)
    with request.data.locked():
        running.run(request, starting.make_plan(request), running.console_for(request))


def _absolute(path: Path | None) -> str | None:
    return None if path is None else str(path.expanduser().resolve())
