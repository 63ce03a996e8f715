"""One webhook's sender: decides what is sent, and sends it, one event after the other."""

import logging
import threading
import time
from collections.abc import Collection

import redis

from shared.leases import LeaseLost
from shared.settings import EventsSettings
from shared.webhooks import Outcome, StatusField, WaitingEvent, Webhook
from worker.webhooks import delivery, fate
from worker.webhooks.fate import Fate, Next
from worker.webhooks.intake import Intake
from worker.webhooks.memory import Change, Memory
from worker.webhooks.outbox import Outbox, Removed
from worker.webhooks.patience import Backoff, Patience
from worker.webhooks.places import PlaceUnusable
from worker.webhooks.posting import NoAnswer, Post

log = logging.getLogger(__name__)

_WAIT_S = 0.5  # for news, at most: so soon a stop is noticed
_SERVER_AWAY_S = 1.0


class Sender:
    """Sends for one webhook while its lease is held.

    ``webhook`` and ``cameras`` may be exchanged by another thread; they count from the next step on.
    """

    def __init__(self, webhook: Webhook, outbox: Outbox, settings: EventsSettings, backoff: Backoff) -> None:
        """Nothing is read yet."""
        self.webhook = webhook
        self.cameras: Collection[str] = ()
        self._outbox = outbox
        self._settings = settings
        self._backoff = backoff
        self._patience = Patience(backoff)
        self._memory: Memory | None = None
        self._post: Post | None = None
        self._posted: set[str] = set()  # events whose delivery is not yet written down
        self._is_failing = self._is_dropping = False

    def run(self, stop: threading.Event) -> None:
        """Send until ``stop``, or until somebody else does; a state server that is away is waited for."""
        is_away = False
        while not stop.is_set():
            try:
                self.step(stop)
                is_away = False
            except (LeaseLost, Removed):
                log.info("webhook %s: not sent from here any longer", self.webhook.name)
                return
            except redis.RedisError as error:
                if not is_away:
                    log.warning("webhook %s waits for the state server: %s", self.webhook.name, error)
                is_away = True
                self._memory = None  # whether the last change was written is unknown
                stop.wait(_SERVER_AWAY_S)

    def cut(self) -> None:
        """End a POST that is on its way; its event is sent again by whoever sends next."""
        if self._post is not None:
            self._post.cut()

    def step(self, stop: threading.Event) -> None:
        """Take in what is new and try one event; wait a little when there is neither.

        Raises:
            LeaseLost, Removed: nobody here may send for this webhook any longer.
        """
        if self._memory is None:
            self._memory, self._patience = self._outbox.load(), Patience(self._backoff)
        memory = self._memory
        self._take_in(memory, self._patience.idle_s(memory.waiting, time.monotonic(), _WAIT_S))
        place = self._patience.next(memory.waiting, time.monotonic())
        if place is not None and not stop.is_set():
            self._try(memory, place, stop)

    def _take_in(self, memory: Memory, wait_s: float) -> None:
        news = self._outbox.news(memory, self.cameras, wait_s)
        change = Change()
        intake = Intake(self.webhook, self._outbox.snoozes() if news else {}, memory, change)
        for logged in news:
            intake.take(logged)
        intake.drop_oldest(self._settings.webhook_max_waiting)
        self._expire(memory, change)
        self._say_dropped(change)
        if news or change.removed:
            self._commit(memory, change)

    def _expire(self, memory: Memory, change: Change) -> None:
        oldest_ms = (time.time() - self._settings.webhook_max_age_s) * 1000
        for place, event in memory.waiting.items():
            if event.at_ms > oldest_ms:
                return
            if place not in change.removed:
                change.withdraw(memory, place, Outcome.EXPIRED)

    def _try(self, memory: Memory, place: int, stop: threading.Event) -> None:
        event, change = memory.waiting[place], Change()
        if self._outbox.is_erased(event):
            change.withdraw(memory, place, Outcome.ERASED)
            self._commit(memory, change)
            return
        # A server that answers and writes nothing down, its disk full, must not have it posted each second.
        found = Fate(Next.DONE) if event.id in self._posted else self._deliver(event)
        if found.next is Next.DONE:
            self._posted.add(event.id)
        elif stop.is_set():
            return  # it was cut off here
        self._note(memory, place, found, change)
        self._commit(memory, change)
        self._posted.discard(event.id)

    def _deliver(self, event: WaitingEvent) -> Fate:
        webhook = self.webhook
        try:
            message = delivery.of_waiting(webhook, event)
            self._post = delivery.post_of(webhook, message, self._settings.webhook_timeout_s)
            return fate.of(self._post.send())
        except (NoAnswer, PlaceUnusable) as error:
            return Fate(Next.WAIT, str(error))
        finally:
            self._post = None

    def _note(self, memory: Memory, place: int, found: Fate, change: Change) -> None:
        now = time.monotonic()
        if found.next is Next.WAIT:
            self._patience.receiver_failed(now, found.at_least_s)
        else:
            self._patience.answered()
        if found.next is Next.LATER:
            self._patience.event_failed(place, now, found.at_least_s)
        if found.next is Next.DONE:
            change.removed.add(place)
            change.counts[Outcome.DELIVERED] += 1
            change.status[StatusField.DELIVERED_MS] = _now_ms()
        elif found.next is Next.NEVER:
            change.withdraw(memory, place, Outcome.REFUSED)
        else:
            change.counts[Outcome.RETRIED] += 1
        self._say(found, change)

    def _commit(self, memory: Memory, change: Change) -> None:
        self._outbox.commit(change)
        change.apply(memory)
        self._patience.forget(change.removed)

    def _say(self, found: Fate, change: Change) -> None:
        """Log the first failure after a success, and the first success after a failure."""
        webhook, is_failing = self.webhook, found.next is not Next.DONE
        if is_failing:
            change.status |= {StatusField.ERROR: found.reason, StatusField.ERROR_MS: _now_ms()}
        if is_failing and not self._is_failing:
            what = "it is not tried again" if found.next is Next.NEVER else "it is tried again"
            log.warning("webhook %s (%s): %s; %s", webhook.name, webhook.shown_url, found.reason, what)
        if self._is_failing and not is_failing:
            log.info("webhook %s: events are delivered again", webhook.name)
        self._is_failing = is_failing

    def _say_dropped(self, change: Change) -> None:
        is_dropping = change.counts[Outcome.DROPPED] > 0
        if is_dropping and not self._is_dropping:
            most = self._settings.webhook_max_waiting
            log.warning("webhook %s: more than %d events wait, the oldest are dropped", self.webhook.name, most)
            self._is_dropping = True
        if len(self._memory.waiting if self._memory else ()) == 0:
            self._is_dropping = False


def _now_ms() -> str:
    return str(int(time.time() * 1000))
