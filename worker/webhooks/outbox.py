"""One webhook on the state server: what is new for it, what it remembers, and the one transaction that moves it on."""

import re
import time
from collections.abc import Collection, Mapping
from typing import Any, cast

import redis
from pydantic import ValidationError
from redis.client import Pipeline

from shared import leases
from shared.leases import Lease
from shared.messages import Violation
from shared.streams import WEBHOOK_SNOOZES, WEBHOOKS, KeySpace, WebhookKeys
from shared.violation_log import Logged
from shared.webhooks import Outcome, Snooze, WaitingEvent, Webhook
from worker.webhooks.memory import MAX_ANNOUNCED, Change, Memory

_READ_COUNT = 200  # entries of each camera at a time
_FIELD = b"violation"
_ENTRY = re.compile(rb"\d+-\d+")
_Entries = list[tuple[bytes, dict[bytes, bytes]]]


class Removed(Exception):
    """The webhook is no longer declared, or another one of its name is."""


class Outbox:
    """Reads and writes for one webhook, behind its lease."""

    def __init__(self, state: redis.Redis, keys: KeySpace, webhook: Webhook, lease: Lease) -> None:
        """``webhook`` says which one, whatever else of it is changed later."""
        self._state = state
        self._keys = keys
        self._of_webhook = WebhookKeys(webhook.name)
        self._name = webhook.name
        self._created_ms = webhook.created_ms
        self._lease = lease

    def load(self) -> Memory:
        """What is remembered. What cannot be understood is forgotten: an event of such is counted as unreadable."""
        with self._state.pipeline(transaction=False) as pipeline:
            pipeline.hgetall(self._of_webhook.positions)
            pipeline.hgetall(self._of_webhook.waiting)
            pipeline.zrange(self._of_webhook.announced, 0, -1)
            pipeline.hgetall(self._of_webhook.cooldowns)
            positions, waiting, announced, cooldowns = pipeline.execute()
        queue = {int(place): event for place, text in waiting.items() if (event := _waiting(place, text))}
        self._forget([place for place in waiting if not place.isdigit() or int(place) not in queue])
        return Memory(
            positions={each.decode(): entry.decode() for each, entry in positions.items() if _ENTRY.fullmatch(entry)},
            waiting=dict(sorted(queue.items())),
            announced={each.decode() for each in announced},
            cooldowns={camera.decode(): int(at_ms) for camera, at_ms in cooldowns.items() if at_ms.isdigit()},
        )

    def _forget(self, places: list[bytes]) -> None:
        if places:
            self._state.hdel(self._of_webhook.waiting, *places)
            self._state.hincrby(self._of_webhook.status, Outcome.UNREADABLE, len(places))

    def news(self, memory: Memory, cameras: Collection[str], wait_s: float) -> list[Logged]:
        """What the logs of cameras hold behind their positions, oldest first; waits so long when it is nothing."""
        # A removed camera's last violations end after it is gone.
        logs = {self._keys.violation_log(each): each for each in {*cameras, *memory.positions}}
        if not logs:
            time.sleep(wait_s)
            return []
        start = f"{self._created_ms}-0"  # what was counted before the webhook was there is none of its business
        behind = {key: memory.positions.get(camera, start) for key, camera in logs.items()}
        block_ms = int(wait_s * 1000) or None  # 0 would wait for ever
        answer = self._state.xread(behind, count=_READ_COUNT, block=block_ms)  # type: ignore[arg-type]
        found = cast("dict[bytes, list[_Entries]]", answer or {})
        logged = [_parsed(logs[key.decode()], *entry) for key, (entries,) in found.items() for entry in entries]
        return sorted(logged, key=lambda each: tuple(map(int, each.entry_id.split("-"))))

    def snoozes(self) -> dict[str, Snooze]:
        """All that are declared, of this webhook and of others."""
        stored = cast("dict[bytes, bytes]", self._state.hgetall(WEBHOOK_SNOOZES))
        found = {name.decode(): _snooze(value) for name, value in stored.items()}
        return {name: snooze for name, snooze in found.items() if snooze}

    def is_erased(self, event: WaitingEvent) -> bool:
        """Whether a person erased the violation meanwhile."""
        return not self._state.hexists(self._keys.violations(event.violation.camera), event.violation.id)

    def commit(self, change: Change) -> None:
        """Write a change.

        Raises:
            LeaseLost: another process sends for this webhook now; nothing was written.
            Removed: nobody does; nothing was written.
            redis.ConnectionError: whether it was written is unknown; load the memory again.
        """
        while True:
            with self._state.pipeline(transaction=True) as transaction:
                leases.watch(transaction, self._lease)
                self._watch_declaration(transaction)
                transaction.multi()
                self._write(transaction, change)
                try:
                    transaction.execute()
                except redis.WatchError:  # perhaps another webhook was changed, or the lease renewed
                    continue
                return

    def _watch_declaration(self, transaction: Pipeline) -> None:
        transaction.watch(WEBHOOKS)  # type: ignore[no-untyped-call]
        declared = cast("bytes | None", transaction.hget(WEBHOOKS, self._name))
        try:
            is_same = declared and Webhook.model_validate_json(declared).created_ms == self._created_ms
        except ValidationError:
            is_same = False
        if not is_same:
            raise Removed(self._name)

    def _write(self, transaction: Pipeline, change: Change) -> None:
        keys = self._of_webhook
        if change.positions:
            transaction.hset(keys.positions, mapping=_fields(change.positions))
        if change.added:
            added = {str(place): event.model_dump_json() for place, event in change.added.items()}
            transaction.hset(keys.waiting, mapping=_fields(added))
        if change.removed:
            transaction.hdel(keys.waiting, *map(str, change.removed))
        if change.announced:
            transaction.zadd(keys.announced, change.announced)
            transaction.zremrangebyrank(keys.announced, 0, -MAX_ANNOUNCED - 1)
        if change.closed:
            transaction.zrem(keys.announced, *change.closed)
        if change.cooldowns:
            transaction.hset(keys.cooldowns, mapping=_fields(change.cooldowns))
        for outcome, amount in change.counts.items():
            transaction.hincrby(keys.status, outcome, amount)
        if change.status:
            transaction.hset(keys.status, mapping=_fields(change.status))


def _fields(values: Mapping[str, str] | Mapping[str, int]) -> dict[Any, Any]:
    return dict(values)  # the client's own type takes no mapping that it could not add bytes to


def _parsed(camera: str, entry_id: bytes, fields: dict[bytes, bytes]) -> Logged:
    try:
        violation = Violation.model_validate_json(fields[_FIELD])
    except (ValidationError, KeyError):
        violation = None
    return Logged(camera, entry_id.decode(), violation)


def _waiting(place: bytes, text: bytes) -> WaitingEvent | None:
    try:
        return WaitingEvent.model_validate_json(text) if place.isdigit() else None
    except ValidationError:
        return None


def _snooze(text: bytes) -> Snooze | None:
    try:
        return Snooze.model_validate_json(text)
    except ValidationError:
        return None
