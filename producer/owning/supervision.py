"""Which cameras this producer runs: follows the list of cameras, shares them out, holds their leases."""

import logging
import time
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from producer.owning import reporting, sharing
from producer.owning.camera_lease import CameraLease
from producer.owning.capture_board import CaptureBoard
from producer.owning.reporting import Report
from producer.owning.runners import RunnerFactory
from producer.publishing.trimmer import Trimmer
from shared import camera_list, heartbeats, leases
from shared.cameras import Camera, CameraState
from shared.connections import Servers
from shared.foreign_keys import ForeignKeys
from shared.settings import ProducerSettings
from shared.streams import HEARTBEAT_CAMERA, KeySpace

_log = logging.getLogger(__name__)

POLL_S = 0.5
JOIN_S = 2.0
FULL_S = 30.0  # who could start no more threads takes no more cameras for so long


class Runner(Protocol):
    """A camera at work in threads of its own."""

    def start(self) -> None:
        """Begin."""

    def change(self, camera: Camera) -> None:
        """Go on with other options, as far as ``Camera.opens_as`` allows."""

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
    report: Report


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
        self._trimmer = Trimmer(servers.frames, keys, settings.max_results_per_camera, settings.max_frame_age_s)
        self._share = sharing.Share()
        self._attached: dict[str, _Attached] = {}
        # Every camera so far -> whether its unjudged frames must stay.
        self._seen: dict[str, bool] = {HEARTBEAT_CAMERA: False}
        self._starts = count(1)
        self._full_until = 0.0
        self._poll = _Every(POLL_S)
        self._renewal = _Every(settings.producer_lease_ms / 4000)

    def step(self, now: float) -> None:
        """Do what is due at ``now``, in monotonic seconds.

        Raises:
            redis.RedisError: the state server did not answer; cameras that run go on, call again.
        """
        self._renew_if_due(now)
        if self._poll.is_due(now):
            wanted = camera_list.read(self._servers.state)
            self._follow(wanted)
            self._balance(wanted, now)
        reporting.write_due(self._servers.state, [attached.report for attached in self._attached.values()], now)

    def trim_frames(self) -> None:
        """Remove old frames of every camera seen so far; call about once a second, from any thread.

        Raises:
            redis.RedisError: the frames server did not answer; call again.
        """
        self._trimmer.trim(self._seen)

    @property
    def foreign(self) -> ForeignKeys:
        """The keys of cameras on the frames server that none of ours writes."""
        return self._trimmer.foreign

    def live_cameras(self) -> list[str]:
        """The live cameras that run here and have given a picture; from any thread."""
        # A copy is made in one step: cameras come and go meanwhile.
        attached = list(self._attached.items())
        return [camera_id for camera_id, each in attached if not each.camera.is_lossless and each.board.captured]

    def captured(self) -> int:
        """How many frames the cameras that run here gave, in the epochs that run."""
        return sum(attached.board.captured for attached in self._attached.values())

    def frames_per_second(self) -> float:
        """How many they give now."""
        now = time.monotonic()
        return sum(attached.board.frames_per_second(now) for attached in self._attached.values())

    def close(self) -> None:
        """Stop all cameras and give their leases back.

        Raises:
            redis.RedisError: a server did not answer; the leases run out by themselves.
        """
        self._detach(list(self._attached))

    def _follow(self, wanted: dict[str, Camera]) -> None:
        self._seen = dict.fromkeys(self._seen, False) | {each.id: each.is_lossless for each in wanted.values()}
        outdated = []
        for camera_id, attached in self._attached.items():
            camera = wanted.get(camera_id)
            if camera is None or not attached.camera.opens_as(camera):
                outdated.append(camera_id)
            elif camera != attached.camera:
                _log.info("camera %s has other options", camera_id)
                attached.runner.change(camera)
                attached.camera = camera
        self._detach(outdated)
        for camera_id in outdated:
            if camera_id in wanted:
                self._attach(wanted[camera_id])

    def _balance(self, wanted: dict[str, Camera], now: float) -> None:
        producers = {each.id for each in heartbeats.read(self._servers.state) if each.role == "producer"}
        share = sharing.fair_share(len(wanted), len(producers | {self._process_id}))
        others = {self._keys.producer_lease(each): each for each in wanted.keys() - self._attached.keys()}
        free = [others[key] for key in leases.free(self._servers.state, list(others))]
        for camera_id in self._share.to_take(free, len(self._attached), share, now):
            if time.monotonic() - now > POLL_S or now < self._full_until:
                break  # the others at a next look: those that run are to be told of meanwhile
            self._attach(wanted[camera_id])
        surplus = self._share.surplus(len(self._attached), share, now)
        if surplus:
            _log.info("%d cameras are left to other producers", surplus)
            self._detach(list(self._attached)[-surplus:])

    def _attach(self, camera: Camera) -> None:
        # Attaching many cameras takes long where the machine is busy: those that run must not lose theirs.
        self._renew_if_due(time.monotonic())
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
        report = Report(self._servers.state, self._keys, owner, board)
        # A file's start is written down before its first frame is published.
        report.write_if_due(time.monotonic())
        _log.info("camera %s attached: %s", camera.id, camera.redacted_source)
        try:
            runner.start()
        except RuntimeError as error:
            self._leave(lease, board, report, str(error))
            return
        self._attached[camera.id] = _Attached(camera, lease, board, runner, report)

    def _leave(self, lease: CameraLease, board: CaptureBoard, report: Report, why: str) -> None:
        """A camera for which there was no thread is another producer's to take."""
        now = time.monotonic()
        board.set_state(CameraState.FAILED, f"{why}: allow the producer more processes (pids), or start another one")
        report.write(board.status(now))
        lease.release()
        self._full_until = now + FULL_S

    def _detach(self, camera_ids: list[str]) -> None:
        for camera_id in camera_ids:
            self._attached[camera_id].runner.stop()
        for camera_id in camera_ids:
            attached = self._attached.pop(camera_id)
            attached.runner.join(JOIN_S)
            if attached.board.status(time.monotonic()).state is not CameraState.FAILED:
                attached.board.set_state(CameraState.STOPPED)
            status = attached.board.status(time.monotonic())
            attached.report.write(status.model_copy(update={"frames_per_second": 0.0}))
            attached.lease.release()
            _log.info("camera %s detached", camera_id)

    def _renew_if_due(self, now: float) -> None:
        if not self._renewal.is_due(now):
            return
        held = list(self._attached.items())
        are_ours = CameraLease.renew_all([attached.lease for _, attached in held])
        for (camera_id, attached), is_ours in zip(held, are_ours, strict=True):
            if not is_ours:
                _log.warning("camera %s: another producer has taken it over", camera_id)
                attached.runner.stop()
                del self._attached[camera_id]
