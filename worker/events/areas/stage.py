"""All areas of a system: one events worker at a time counts them, in a thread of its own."""

import logging
import threading
from collections.abc import Mapping
from typing import cast

import redis
from pydantic import ValidationError

from shared import leases
from shared.areas import MAX_AREAS, Area
from shared.leases import Lease, LeaseLost
from shared.settings import EventsSettings
from shared.streams import AREAS, AREAS_LEASE, KeySpace
from worker.events.areas.area_stage import AreaStage

log = logging.getLogger(__name__)

_WAIT_S = 0.5
_MAX_WAIT_S = 5.0  # while the state server is away


class AreasStage:
    """Counts areas while this process holds the lease."""

    def __init__(self, state: redis.Redis, settings: EventsSettings, process_id: str) -> None:
        """Nothing is read before ``start`` or ``step``."""
        self._state = state
        self._settings = settings
        self._keys = KeySpace(settings.shards)
        self._process_id = process_id
        self._lease: Lease | None = None
        self._stages: dict[str, AreaStage] = {}
        self._complaints: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="areas", daemon=True)

    def start(self) -> None:
        """Count from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop behind the commit that is on its way, and let another process count."""
        self._stop.set()
        self._thread.join(timeout=_MAX_WAIT_S)
        if self._lease is None or self._thread.is_alive():
            return
        try:
            leases.release(self._state, self._lease)
        except redis.RedisError as error:
            log.warning("the lease of the areas is left to expire: %s", error)

    def step(self) -> bool:
        """Take or renew the lease and take in what is new of each area; whether there is more to be read at once.

        Raises:
            redis.RedisError: the state server does not answer.
        """
        declared = self._declared()
        # A process that holds it while nothing is declared keeps nobody from anything.
        lease = self._acquire() if declared else None
        if lease is None or lease != self._lease or self._stages.keys() - declared.keys():
            self._stages.clear()
        self._lease = lease
        if lease is None:
            return False
        has_more = [self._advance(area, lease) for area in declared.values()]
        return any(has_more)

    def _advance(self, area: Area, lease: Lease) -> bool:
        try:
            if area.name not in self._stages:
                self._stages[area.name] = AreaStage(self._state, self._keys, self._settings, area)
                log.info("area %s: counted here", area.name)
            has_more = self._stages[area.name].take(area, lease)
        except LeaseLost:
            self._stages.pop(area.name, None)  # somebody else counts, or the server has forgotten what was written
            return False
        except (redis.ResponseError, ValueError) as error:
            self._stages.pop(area.name, None)
            self._complain(f"area {area.name} is not counted: what is stored of it cannot be used: {error}")
            return False
        return has_more

    def _acquire(self) -> Lease | None:
        return leases.acquire(self._state, AREAS_LEASE, self._process_id, self._settings.events_lease_ms)

    def _declared(self) -> Mapping[str, Area]:
        """What the operator declared; what cannot be understood is said once and left alone."""
        found = {}
        for name, value in cast("dict[bytes, bytes]", self._state.hgetall(AREAS)).items():
            try:
                area = Area.model_validate_json(value)
            except ValidationError:
                self._complain(f"area {name!r} cannot be understood and is not counted: declare it again")
                continue
            found[area.name] = area
        return dict(sorted(found.items())[:MAX_AREAS])

    def _complain(self, complaint: str) -> None:
        if complaint not in self._complaints:
            log.warning("%s", complaint)
            self._complaints.add(complaint)

    def _run(self) -> None:
        wait_s = _WAIT_S
        while not self._stop.is_set():
            try:
                has_more, wait_s = self.step(), _WAIT_S
            except redis.RedisError as error:
                if self._stages or wait_s == _WAIT_S:
                    log.warning("areas wait for the state server: %s", error)
                # Whether the last commit went through is unknown.
                self._stages.clear()
                has_more, wait_s = False, min(_MAX_WAIT_S, wait_s * 2)
            if not has_more:
                self._stop.wait(wait_s)
