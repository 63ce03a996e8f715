"""Runs a system on one machine from its start to its stop."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import redis
from rich.console import Console

from console import attaching, overview
from console.cameras import keys as camera_keys
from console.cameras.wishes import Wish, kept_options
from console.errors import BadInput, CommandFailed
from console.observer import Observer
from console.output_files import STDOUT, write_json
from console.overview import Overview
from console.report import failures, report_json
from console.starting import UpRequest
from console.views import View, choose_view
from deploy.local.system import MAX_WORKERS, LocalSystem, SystemPlan
from producer.owning import camera_key
from producer.owning.camera_key import OtherCameraKey
from shared import durability, heartbeats
from shared.cameras import Camera
from shared.connections import connect_both
from shared.logins import CameraKey
from shared.settings import PREFIX
from shared.streams import DESIRED_WORKERS, KeySpace
from worker import detector_figures

DEMO_CAMERAS = (Wish("demo-bare", "demo:bare"), Wish("demo-masked", "demo:masked"))
_TICK_S = 0.1


class StopRequest:
    """Whether the operator wants an end: Ctrl-C, SIGTERM or a closed terminal; asked twice, at once."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._asked = 0
        self._event = threading.Event()

    def _ask(self, *_: object) -> None:
        self._asked += 1
        self._event.set()

    def listen(self) -> None:
        """Take the signals from now on."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup means that a closed terminal is no request.
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ask)

    def is_made(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    def is_urgent(self) -> bool:
        """Whether to stop without waiting for anybody."""
        return self._asked > 1

    def wait(self, seconds: float) -> None:
        """Return early when asked to stop."""
        self._event.wait(seconds)


def run(request: UpRequest, plan: SystemPlan, console: Console) -> None:
    """Run until told to stop, or until everything is judged where that was asked for.

    Raises:
        BadInput: the cameras that the data folder keeps, or producers that run, do not go with the request.
        CameraKeyUnusable: see there.
        CommandFailed: it was to run until all is judged, and that did not happen.
        ServerFailed: an embedded server does not come up.
    """
    stop = StopRequest()
    stop.listen()
    started_at = time.monotonic()
    with _view(console, has_end=request.exit_when_done) as view:
        system = LocalSystem(request.data, plan, view.say)
        try:
            system.start_servers(stop.is_made)
            if not stop.is_made():
                with closing(connect_both(system.frames_redis, system.state_redis)) as servers:
                    keys = KeySpace(plan.shards)
                    _look_at_state(servers.state, view, request)
                    _settle_camera_key(servers.state, view, request)
                    cameras = _settle_cameras(servers.state, keys, request)
                    servers.state.set(DESIRED_WORKERS, request.workers)
                    system.start_processes(request.workers)
                    _introduce(view, request, plan, cameras)
                    last = _watch(system, Observer(servers, keys), view, stop, request)
            if request.exit_when_done:
                _report(request, None if stop.is_made() else last, time.monotonic() - started_at)
        finally:
            view.say("stopping")
            system.stop(stop.is_urgent)


@contextmanager
def _view(console: Console, *, has_end: bool) -> Iterator[View]:
    with closing(choose_view(console, has_end=has_end)) as view:
        yield view


def _look_at_state(state: redis.Redis, view: View, request: UpRequest) -> None:
    if request.state_redis is None:
        heartbeats.forget_all(state)  # the processes of the system before died with it
        return
    for doubt in durability.doubts(state):
        view.say(f"warning: {doubt}")


def _settle_camera_key(state: redis.Redis, view: View, request: UpRequest) -> None:
    """Say what logins are sealed for, and seal those that an earlier release stored as they were."""
    try:
        camera_key.publish(state, CameraKey.at(camera_keys.key_file(request.data)))
    except OtherCameraKey as error:
        raise BadInput(str(error)) from error
    sealed = attaching.seal_kept(state)
    if sealed:
        view.say(f"the stored logins of {', '.join(sealed)} are sealed now")


def _settle_cameras(state: redis.Redis, keys: KeySpace, request: UpRequest) -> list[Camera]:
    kept = overview.cameras(state)
    if request.exit_when_done:
        _detach_others(state, kept, request)
    wishes = request.cameras or ([] if kept else list(DEMO_CAMERAS))
    for wished in wishes:
        attaching.attach(state, keys, kept_options(wished, attaching.find(state, wished.id)))
    return overview.cameras(state)


def _detach_others(state: redis.Redis, kept: list[Camera], request: UpRequest) -> None:
    """A run with an end has the cameras of its command line, or all that are kept when it names none."""
    wished = {each.id for each in request.cameras}
    others = [camera for camera in kept if camera.id not in wished]
    live = [camera.id for camera in others if not camera.is_lossless]
    if live:
        ids = ", ".join(live)
        raise BadInput(f"{request.data.root} keeps live cameras ({ids}), which never end: give another --data")
    if not wished and not kept:
        raise BadInput("--exit-when-done needs a file or folder: give --camera ID=SOURCE")
    for camera in others if wished else []:
        attaching.detach(state, camera.id)


def _introduce(view: View, request: UpRequest, plan: SystemPlan, cameras: list[Camera]) -> None:
    place = f"--data {request.data.root}"
    listed = ", ".join(f"{camera.id} ({camera.redacted_source})" for camera in cameras)
    view.say("maskwatch runs; Ctrl-C stops it")
    view.say(f"  cameras  {listed}")
    view.say(f"  workers  {request.workers} (maskwatch scale N {place})")
    view.say(f"  detector {_detector_line(plan)}")
    view.say(f"  page     {plan.console_url}{_token_line(plan)}")
    view.say(f"  metrics  {plan.console_url}/metrics")
    view.say(f"  status   maskwatch status {place}")
    if plan.settings.get(f"{PREFIX}REVIEW"):
        view.say(f"  review   maskwatch review list {place}")
    view.say(f"  logs     {request.data.logs}")


def _token_line(plan: SystemPlan) -> str:
    file = plan.settings.get(f"{PREFIX}CONSOLE_TOKEN_FILE")
    return f" (token in {file})" if file else ""


def _detector_line(plan: SystemPlan) -> str:
    # The operator must not read compliance off a biased detector without knowing.
    detector = plan.settings[f"{PREFIX}DETECTOR"]
    return detector_figures.warning(detector).removeprefix("detector ") or detector


def _watch(
    system: LocalSystem, observer: Observer, view: View, stop: StopRequest, request: UpRequest
) -> Overview | None:
    """Supervise and show until the end; returns what was seen last."""
    observer.start()
    shown = None
    while not stop.is_made():
        system.supervisor.tick()
        if observer.desired_workers is not None:
            system.scale(min(max(observer.desired_workers, 1), MAX_WORKERS))
        latest = observer.latest
        if latest is not None and latest is not shown:
            view.show(latest)
            shown = latest
            if request.exit_when_done and all(each.is_done for each in latest.cameras):
                break
        stop.wait(_TICK_S)
    observer.stop()
    return shown


def _report(request: UpRequest, last: Overview | None, seconds: float) -> None:
    if last is None:
        raise CommandFailed("stopped before everything was judged; the same command goes on from there")
    if request.json_path is not None:
        write_json(request.json_path, report_json(last, seconds))
    failed = failures(last.cameras)
    if failed:
        raise CommandFailed(failed)


def console_for(request: UpRequest) -> Console:
    """Standard output for people, unless the report goes there."""
    return Console(stderr=request.json_path == STDOUT)
