"""Which cameras this producer runs: follows the list of cameras, holds their leases, reports on them."""

import logging
import time
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from pydantic import ValidationError

from producer import trimming
from producer.camera_lease import CameraLease
from producer.capture_board import CaptureBoard
from producer.eviction import Evictor
from producer.runners import RunnerFactory
from shared.cameras import Camera, CameraState, CaptureStatus
from shared.connections import Servers
from shared.leases import LeaseLost
from shared.settings import ProducerSettings
from shared.streams import CAMERAS, KeySpace

_log = logging.getLogger(__name__)

POLL_S = 0.5
REPORT_S = 0.9  # each camera's status is written at least this often
JOIN_S = 2.0


class Runner(Protocol):
    """A camera at work in threads of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """Publish nothing more from now on; returns at once."""

    def join(self, timeout_s: float) -> None:
        """Wait for what is being published."""


@dataclass
class _Attached:
    camera: Camera
    lease: CameraLease
    board: CaptureBoard
    runner: Runner
    reported: CaptureStatus | None = None
    reported_at: float = 0.0


class _Every:
    """True once per interval."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._due_at = 0.0

    def is_due(self, now: float) -> bool:
        if now < self._due_at:
            return False
        self._due_at = now + self._interval_s
        return True


class Supervision:
    """Starts, stops and restarts cameras as the operator changes the list; call ``step`` often."""

    def __init__(
        self, servers: Servers, keys: KeySpace, settings: ProducerSettings, process_id: str, runners: RunnerFactory
    ) -> None:
        """Lease cameras as ``process_id`` and run them with ``runners``."""
        self._servers = servers
        self._keys = keys
        self._settings = settings
        self._process_id = process_id
        self._runners = runners
        self._evictor = Evictor(keys, settings.max_results_per_camera)
        self._attached: dict[str, _Attached] = {}
        self._seen: dict[str, bool] = {}  # every camera so far -> whether its unjudged frames must stay
        self._unreadable: set[bytes | str] = set()
        self._starts = count(1)
        self._poll = _Every(POLL_S)
        self._renewal = _Every(settings.producer_lease_ms / 3000)

    def step(self, now: float) -> None:
        """Do what is due at ``now``, in monotonic seconds.

        Raises:
            redis.RedisError: the state server did not answer; cameras that run go on, call again.
        """
        if self._renewal.is_due(now):
            self._renew_leases()
        if self._poll.is_due(now):
            self._follow(self._wanted())
        for attached in self._attached.values():
            self._report(attached, now)

    def trim_frames(self) -> None:
        """Remove old frames of every camera seen so far; call about once a second, from any thread.

        Raises:
            redis.RedisError: the frames server did not answer; call again.
        """
        max_age_s = self._settings.max_frame_age_s
        for camera_id, is_lossless in self._seen.items():
            if is_lossless:
                trimming.trim_lossless(self._servers.frames, self._keys, camera_id, max_age_s)
            else:
                self._evictor.drop_older(self._servers.frames, camera_id, max_age_s)

    def statuses(self) -> list[CaptureStatus]:
        """The status of every camera that runs here."""
        now = time.monotonic()
        return [attached.board.status(now) for attached in self._attached.values()]

    def close(self) -> None:
        """Stop all cameras and give their leases back.

        Raises:
            redis.RedisError: a server did not answer; the leases run out by themselves.
        """
        for attached in self._attached.values():
            attached.runner.stop()
        for camera_id in list(self._attached):
            self._detach(camera_id)

    def _wanted(self) -> dict[str, Camera]:
        stored = self._servers.state.hgetall(CAMERAS)
        cameras = {camera_id: self._parsed(camera_id, value) for camera_id, value in stored.items()}
        return {camera.id: camera for camera in cameras.values() if camera is not None}

    def _parsed(self, camera_id: bytes | str, value: bytes | str) -> Camera | None:
        try:
            camera = Camera.model_validate_json(value)
        except ValidationError as error:
            # One camera of a newer release, or a mistyped one, must not take the others down.
            if value not in self._unreadable:
                _log.error("camera %r cannot be understood: %s", camera_id, error.errors()[0]["msg"])
                self._unreadable.add(value)
            return None
        return camera

    def _follow(self, wanted: dict[str, Camera]) -> None:
        self._seen = dict.fromkeys(self._seen, False) | {each.id: each.is_lossless for each in wanted.values()}
        outdated = [each for each, attached in self._attached.items() if wanted.get(each) != attached.camera]
        for camera_id in outdated:
            self._attached[camera_id].runner.stop()
        for camera_id in outdated:
            self._detach(camera_id)
        for camera_id in wanted.keys() - self._attached.keys():
            self._attach(wanted[camera_id])

    def _attach(self, camera: Camera) -> None:
        # An owner's name is used once: each start of a live camera gets a token, thus an epoch, of its own.
        owner = f"{self._process_id}/{next(self._starts)}"
        key = self._keys.producer_lease(camera.id)
        # Above the camera's epoch: the id may have stood for a file, whose passes were epochs too.
        lease = CameraLease.acquire(
            self._servers.state, key, owner, self._settings.producer_lease_ms, above=camera.epoch
        )
        if lease is None:
            return
        board, runner = self._runners.make(camera, lease)
        attached = _Attached(camera, lease, board, runner)
        # A file's start is written down before its first frame is published.
        self._report(attached, time.monotonic())
        _log.info("camera %s attached: %s", camera.id, camera.redacted_source)
        runner.start()
        self._attached[camera.id] = attached

    def _detach(self, camera_id: str) -> None:
        attached = self._attached.pop(camera_id)
        attached.runner.join(JOIN_S)
        status = attached.board.status(time.monotonic())
        if status.state is not CameraState.FAILED:
            status = status.model_copy(update={"state": CameraState.STOPPED})
        self._write(status.model_copy(update={"frames_per_second": 0.0}))
        attached.lease.release()
        _log.info("camera %s detached", camera_id)

    def _renew_leases(self) -> None:
        for camera_id, attached in list(self._attached.items()):
            try:
                attached.lease.renew()
            except LeaseLost:
                _log.warning("camera %s: another producer has taken it over", camera_id)
                attached.runner.stop()
                del self._attached[camera_id]

    def _report(self, attached: _Attached, now: float) -> None:
        status = attached.board.status(now)
        is_news = attached.reported is None or attached.reported.state is not status.state
        is_news = is_news or (attached.reported is not None and attached.reported.has_ended != status.has_ended)
        if is_news or now - attached.reported_at >= REPORT_S:
            self._write(status)
            attached.reported, attached.reported_at = status, now

    def _write(self, status: CaptureStatus) -> None:
        self._servers.state.set(self._keys.capture(status.camera), status.model_dump_json())
