"""One area: from the logs of its cameras to committed counts."""

import logging

import redis

from shared.areas import Area, AreaCountField
from shared.leases import Lease
from shared.settings import EventsSettings
from shared.streams import KeySpace
from worker.events.areas import logs
from worker.events.areas.ledger import Ledger
from worker.events.areas.matcher import Matcher

log = logging.getLogger(__name__)


class AreaStage:
    """Counts an area while the lease holds; drop it when a commit fails: what is stored knows better."""

    def __init__(self, state: redis.Redis, keys: KeySpace, settings: EventsSettings, area: Area) -> None:
        """Go on from what is stored; the lease is held already.

        Raises:
            redis.RedisError, ValueError: what is stored cannot be read, or is none of an area's.
        """
        self._state = state
        self._keys = keys
        self._ledger = Ledger(state, area.name, settings.history_days)
        standing = self._ledger.load()
        self._positions = standing.positions
        self._matcher = Matcher(standing.members, standing.counted, area.window_s)

    def take(self, area: Area, lease: Lease) -> bool:
        """Count what is new as the area is declared now; whether there is more.

        Raises:
            LeaseLost, redis.RedisError: as ``Ledger.commit``.
        """
        self._matcher.set_window(area.window_s)
        portion = logs.read(self._state, self._keys, {each: self._behind(each, area) for each in area.cameras})
        if not portion.entries:
            return False
        change = self._matcher.take(portion.entries)
        for camera in portion.gaps:
            change.counts[AreaCountField.GAPS] += 1
            log.warning("area %s: violations of camera %s were gone before they were counted", area.name, camera)
        positions = {each.camera: each.entry_id for each in portion.entries}
        self._ledger.commit(lease, change, positions)
        self._positions |= positions
        return portion.more

    def _behind(self, camera: str, area: Area) -> str:
        """Where to read on: what came before the camera belonged to the area is none of its business."""
        joined = f"{area.cameras[camera]}-0"
        return max(self._positions.get(camera, joined), joined, key=logs.place_of)
