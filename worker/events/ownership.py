"""Which cameras this events worker judges: its fair share of them, by leases."""

import contextlib
import logging
import math
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from shared import camera_list, heartbeats, leases
from shared.cameras import Camera
from shared.connections import Servers
from shared.settings import EventsSettings
from shared.streams import CAMERAS, KeySpace
from worker.events import checkpoint
from worker.events.camera_stage import CameraStage
from worker.events.given_epochs import GivenEpochs
from worker.events.rules import rules_of

log = logging.getLogger(__name__)

_NAMED = 10  # cameras in one line; behind an outage it may be a thousand


class Ownership:
    """Takes, renews and gives up the leases of cameras; ``stages`` are those owned now, by camera."""

    def __init__(self, servers: Servers, settings: EventsSettings, process_id: str) -> None:
        """Own nothing yet."""
        self.stages: dict[str, CameraStage] = {}
        self.cameras: dict[str, Camera] = {}  # all attached ones, whoever owns them
        self._listed: dict[bytes, bytes] = {}  # as they stand on the server
        self._state = servers.state
        self._settings = settings
        self._keys = KeySpace(settings.shards)
        self._given = GivenEpochs(servers, self._keys)
        self._process_id = process_id
        self._unreadable: dict[str, str] = {}  # camera -> what was said of its checkpoint
        self._unjudgeable: dict[str, set[str]] = {}  # camera -> entries of its results that the judge fails on

    def refresh(self) -> None:
        """Renew what is owned, close what was detached, take free cameras up to the fair share.

        Owned cameras count within the zones that stand in their declaration now.
        """
        listed = cast("dict[bytes, bytes]", self._state.hgetall(CAMERAS))
        if listed != self._listed:
            self.cameras = camera_list.readable(listed)
            self._listed = listed
        for camera in [each for each in self.stages if each not in self.cameras]:
            # One that is there and cannot be read is for a newer release to judge on.
            (self.release if camera.encode() in listed else self._close)(camera)
        for camera, lease in zip(list(self.stages), self._acquire(list(self.stages)), strict=True):
            if lease is None:
                self.drop(camera)
        share = self._fair_share()
        for camera in list(self.stages)[share:]:
            self.release(camera)
        self._take_free(share)
        for camera, stage in self.stages.items():
            stage.follow(self.cameras[camera])

    def _take_free(self, share: int) -> None:
        before = set(self.stages)
        # The rest in the next round: taking a thousand may take longer than the leases of the first ones last.
        until = time.monotonic() + self._settings.events_lease_ms / 3000
        for camera in sorted(self.cameras.keys() - before):
            if time.monotonic() > until:
                break
            if len(self.stages) < share and (lease := self._acquire([camera])[0]):
                self._take(camera, lease)
        if taken := [camera for camera in self.stages if camera not in before]:
            others = f" and {len(taken) - _NAMED} more" if len(taken) > _NAMED else ""
            log.info("judged here: %s%s", ", ".join(taken[:_NAMED]), others)

    def drop(self, camera: str) -> None:
        """Forget a camera without a word: its lease is lost or its state here is in doubt."""
        log.warning("camera %s: not judged here any longer", camera)
        self.stages.pop(camera, None)

    def release(self, camera: str) -> None:
        """Give a camera up for others to take at once, behind a commit of what is judged."""
        stage = self.stages.pop(camera)
        # The frames server may end before anybody could read it again.
        with contextlib.suppress(leases.LeaseLost):
            stage.settle()
        leases.release(self._state, stage.lease)

    def _fair_share(self) -> int:
        workers = sum(each.role == "events" for each in heartbeats.read(self._state))
        return math.ceil(len(self.cameras) / max(1, workers))

    def _acquire(self, cameras: Sequence[str]) -> list[leases.Lease | None]:
        keys = [self._keys.events_lease(camera) for camera in cameras]
        return leases.acquire_all(self._state, keys, self._process_id, self._settings.events_lease_ms)

    def _take(self, camera: str, lease: leases.Lease) -> None:
        try:
            self.stages[camera] = self._made(camera, lease)
        except checkpoint.UnreadableCheckpoint as error:
            if self._unreadable.get(camera) != str(error):
                log.error("camera %s cannot be judged: %s", camera, error)
            self._unreadable[camera] = str(error)
            leases.release(self._state, lease)
            return
        self._unreadable.pop(camera, None)
        self.stages[camera].newest_given = lambda: self._given.newest(camera)
        self.stages[camera].unjudgeable = self._unjudgeable.setdefault(camera, set())

    def _made(self, camera: str, lease: leases.Lease) -> CameraStage:
        settings = self._settings
        return CameraStage(
            camera,
            lease,
            checkpoint.Ledger(
                self._state, self._keys, camera, settings.history_days, keeps_snapshots=settings.snapshots is not None
            ),
            # Loaded behind the lease: an owner of before can no longer change it.
            checkpoint.load(self._state, self._keys, camera),
            rules_of(settings),
            timedelta(seconds=settings.reorder_window_s),
        )

    def _close(self, camera: str) -> None:
        try:
            self.stages[camera].close()
        except leases.LeaseLost:
            self.drop(camera)
            return
        self.release(camera)
