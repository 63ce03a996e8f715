"""All webhooks of a system: each is sent for by one events worker, in a thread of its own."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import ValidationError

from shared import leases
from shared.leases import Lease
from shared.settings import EventsSettings
from shared.streams import CAMERAS, WEBHOOKS, KeySpace, WebhookKeys
from shared.webhooks import MAX_WEBHOOKS, Webhook
from worker.webhooks.outbox import Outbox
from worker.webhooks.patience import Backoff
from worker.webhooks.sender import Sender

log = logging.getLogger(__name__)

_REFRESH_S = 1.0
_GRACE_S = 1.0  # for a POST that is on its way when the process is to end


@dataclass(frozen=True)
class _Running:
    """A sender with its thread, its lease and what stops it."""

    sender: Sender
    lease: Lease
    stop: threading.Event
    thread: threading.Thread

    def join_until(self, deadline: float) -> None:
        """Wait for the thread's end up to a monotonic instant."""
        self.thread.join(max(0.0, deadline - time.monotonic()))


class WebhookStage:
    """Sends for the webhooks whose leases this process holds; another process has the others."""

    def __init__(
        self, state: redis.Redis, settings: EventsSettings, process_id: str, backoff: Backoff | None = None
    ) -> None:
        """Nothing runs before ``start``."""
        self._state = state
        self._settings = settings
        self._keys = KeySpace(settings.shards)
        self._process_id = process_id
        self._backoff = backoff or Backoff()
        self._running: dict[str, _Running] = {}
        self._unreadable: set[bytes] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Send from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop within seconds: a POST that takes longer is cut off, and its event sent again by another process."""
        self._stop.set()
        for each in self._running.values():
            each.stop.set()
        deadline = time.monotonic() + _GRACE_S
        self._thread.join(_GRACE_S)
        for each in self._running.values():
            each.join_until(deadline)
        for each in self._running.values():
            each.sender.cut()
        deadline = time.monotonic() + _GRACE_S
        for each in self._running.values():
            each.join_until(deadline)
            self._release(each)

    def refresh(self) -> None:
        """Renew leases, take free ones, and tell senders of what the operator changed."""
        declared = self._declared()
        attached = cast("list[bytes]", self._state.hkeys(CAMERAS))
        cameras = {each.decode(errors="replace") for each in attached}
        for name in [name for name, each in self._running.items() if not each.thread.is_alive()]:
            del self._running[name]
        for name, each in self._running.items():
            is_same = name in declared and declared[name].created_ms == each.sender.webhook.created_ms
            if not is_same or not self._is_renewed(each.lease):
                each.stop.set()  # it is forgotten when it has ended: two of one name must never run
        for webhook in declared.values():
            self._refresh(webhook, cameras)

    def _refresh(self, webhook: Webhook, cameras: set[str]) -> None:
        running = self._running.get(webhook.name)
        if running is None and (lease := self._acquire(webhook.name)):
            self._running[webhook.name] = self._begin(webhook, cameras, lease)
        elif running is not None and not running.stop.is_set():
            running.sender.webhook, running.sender.cameras = webhook, cameras

    def _begin(self, webhook: Webhook, cameras: set[str], lease: Lease) -> _Running:
        outbox = Outbox(self._state, self._keys, webhook, lease)
        sender, stop = Sender(webhook, outbox, self._settings, self._backoff), threading.Event()
        sender.cameras = cameras
        thread = threading.Thread(target=sender.run, args=(stop,), name=f"webhook {webhook.name}", daemon=True)
        thread.start()
        log.info("webhook %s: sent from here", webhook.name)
        return _Running(sender, lease, stop, thread)

    def _acquire(self, name: str) -> Lease | None:
        return leases.acquire(self._state, WebhookKeys(name).lease, self._process_id, self._settings.events_lease_ms)

    def _is_renewed(self, lease: Lease) -> bool:
        return leases.acquire(self._state, lease.key, lease.owner, self._settings.events_lease_ms) == lease

    def _release(self, each: _Running) -> None:
        """Of one that has not ended the lease runs out by itself: it may still be at work."""
        if each.thread.is_alive():
            return
        try:
            leases.release(self._state, each.lease)
        except redis.RedisError as error:
            log.warning("a webhook's lease is left to expire: %s", error)

    def _declared(self) -> dict[str, Webhook]:
        """What the operator declared; what cannot be understood is said once and left alone."""
        found: dict[str, Webhook] = {}
        for name, value in cast("dict[bytes, bytes]", self._state.hgetall(WEBHOOKS)).items():
            try:
                webhook = Webhook.model_validate_json(value)
            except ValidationError:
                self._complain(name)
                continue
            found[webhook.name] = webhook
        return dict(sorted(found.items())[:MAX_WEBHOOKS])

    def _complain(self, name: bytes) -> None:
        if name not in self._unreadable:
            log.warning("webhook %r cannot be understood and is not sent: add it again", name)
            self._unreadable.add(name)

    def _run(self) -> None:
        is_away = False
        while not self._stop.is_set():
            try:
                self.refresh()
                is_away = False
            except redis.RedisError as error:
                if not is_away:
                    log.warning("webhooks wait for the state server: %s", error)
                is_away = True
            self._stop.wait(min(_REFRESH_S, self._settings.events_lease_ms / 3000))
