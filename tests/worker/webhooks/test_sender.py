import logging
import threading
import time
from collections.abc import Callable

import pytest

from shared import leases
from shared.connections import Servers
from shared.leases import Lease, LeaseLost
from shared.settings import EventsSettings
from shared.streams import WEBHOOK_SNOOZES, WEBHOOKS, WebhookKeys
from shared.webhooks import Snooze, Webhook
from tests.waiting import eventually
from tests.worker.webhooks import receiver as receivers
from tests.worker.webhooks.builders import ENDED, KEYS, a_violation, a_webhook, count, declare, outcomes, waiting
from tests.worker.webhooks.receiver import misbehaving, running_receiver
from worker.webhooks.outbox import Outbox, Removed
from worker.webhooks.patience import Backoff
from worker.webhooks.sender import Sender

NEVER = threading.Event()
SOON = Backoff(first_s=0.001, most_s=0.001)


def _lease(servers: Servers, owner: str, name: str = "desk") -> Lease:
    """The lease, taken away from whoever has it, as after its expiry."""
    key = WebhookKeys(name).lease
    servers.state.hset(key, "owner", "")
    lease = leases.acquire(servers.state, key, owner, 60_000)
    assert lease is not None
    return lease


def _sender(
    servers: Servers, webhook: Webhook, owner: str = "events-1", backoff: Backoff = SOON, **settings: float
) -> Sender:
    outbox = Outbox(servers.state, KEYS, webhook, _lease(servers, owner, webhook.name))
    found = EventsSettings.model_validate({"webhook_timeout_s": 0.2} | settings)
    sender = Sender(webhook, outbox, found, backoff)
    sender.cameras = {"gate"}
    return sender


def _step_until(sender: Sender, condition: Callable[[], object]) -> None:
    def step() -> object:
        sender.step(NEVER)
        return condition()

    eventually(step)


def test_a_violations_opening_and_end_are_posted_once_each_and_in_order(servers: Servers) -> None:
    with running_receiver() as receiver:
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url)))
        count(servers, a_violation(), a_violation(state=ENDED))
        _step_until(sender, lambda: outcomes(servers) == {"delivered": 2})
    assert receiver.events == ["gate-1-0-0:opened", "gate-1-0-0:ended"]
    message = receiver.requests[0].message
    assert (message["schema_version"], message["event"], message["camera"]) == (1, "violation.opened", "gate")
    assert message["violation"]["confidence"] == 0.9
    assert waiting(servers) == 0


def test_two_secrets_sign_at_once_and_neither_is_anywhere_on_the_server(
    servers: Servers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OLD", "correct-horse")
    monkeypatch.setenv("NEW", "battery-staple")
    with running_receiver() as receiver, caplog.at_level(logging.DEBUG):
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url, secrets=("env:OLD", "env:NEW"))))
        count(servers, a_violation())
        _step_until(sender, lambda: receiver.requests)
    assert receiver.requests[0].headers["Maskwatch-Signature"].count(",v1=") == 2
    stored = b" ".join(servers.state.dump(key) or b"" for key in servers.state.scan_iter())
    assert all(each not in f"{stored!r}{caplog.text}" for each in ("correct-horse", "battery-staple"))


def test_an_event_is_not_sent_unsigned_while_its_secret_is_missing(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_receiver() as receiver:
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url, secrets=("env:DESK_SECRET",))))
        count(servers, a_violation())
        _step_until(sender, lambda: outcomes(servers).get("retried"))
        assert receiver.requests == []
        monkeypatch.setenv("DESK_SECRET", "s")
        _step_until(sender, lambda: receiver.requests)


def test_the_next_owner_sends_again_what_was_posted_and_not_committed(servers: Servers) -> None:
    """As after a kill -9 between the POST and the commit: the same id twice, nothing missing."""
    with running_receiver() as receiver:
        webhook = declare(servers, a_webhook(url=receiver.url))
        sender = _sender(servers, webhook, "dies")
        count(servers, a_violation(), a_violation(state=ENDED))

        def answer(_: object) -> int:
            if len(receiver.requests) == 1:
                _lease(servers, "takes-over")
            return 200

        receiver.answer = answer
        with pytest.raises(LeaseLost):
            _step_until(sender, lambda: False)
        successor = _sender(servers, webhook, "takes-over")
        _step_until(successor, lambda: outcomes(servers) == {"delivered": 2})
    assert receiver.events == ["gate-1-0-0:opened", "gate-1-0-0:opened", "gate-1-0-0:ended"]


def test_a_server_that_writes_nothing_down_does_not_have_an_event_posted_again_and_again(servers: Servers) -> None:
    with running_receiver() as receiver:
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url)))
        count(servers, a_violation())

        def refuse_writes(_: object) -> int:
            if len(receiver.requests) == 1:
                servers.state.config_resetstat()
                servers.state.config_set("min-replicas-to-write", 1)
            return 200

        receiver.answer = refuse_writes
        stop = threading.Event()
        thread = threading.Thread(target=sender.run, args=(stop,))
        thread.start()
        try:
            eventually(lambda: receiver.requests)
            eventually(lambda: servers.state.info("commandstats").get("cmdstat_exec", {}).get("failed_calls"))
            servers.state.config_set("min-replicas-to-write", 0)
            eventually(lambda: outcomes(servers) == {"delivered": 1})
        finally:
            servers.state.config_set("min-replicas-to-write", 0)
            stop.set()
            thread.join()
    assert receiver.events == ["gate-1-0-0:opened"]


def test_what_waits_cools_down_and_was_counted_outlives_the_sender(servers: Servers) -> None:
    with misbehaving(receivers.closes) as url:
        webhook = declare(servers, a_webhook(url=url, cooldown_s=3_600))
        sender = _sender(servers, webhook, "dies", Backoff(60, 60))
        count(servers, a_violation("gate-1-0-0"))
        _step_until(sender, lambda: outcomes(servers) == {"retried": 1})
    with running_receiver() as receiver:
        webhook = declare(servers, a_webhook(url=receiver.url, cooldown_s=3_600))
        successor = _sender(servers, webhook, "takes-over")
        count(servers, a_violation("gate-1-1-0"), a_violation("gate-1-0-0", ENDED))
        _step_until(successor, lambda: outcomes(servers) == {"retried": 1, "cooling": 1, "delivered": 2})
    assert receiver.events == ["gate-1-0-0:opened", "gate-1-0-0:ended"]


def test_a_snooze_is_read_when_something_opens(servers: Servers) -> None:
    with running_receiver() as receiver:
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url)))
        snooze = Snooze(from_ms=0, until_ms=int(time.time() * 1000) + 60_000)
        servers.state.hset(WEBHOOK_SNOOZES, mapping={"*/gate": snooze.model_dump_json(), "*/lobby": b"garbage"})
        count(servers, a_violation(), a_violation(state=ENDED))
        _step_until(sender, lambda: outcomes(servers) == {"snoozed": 1})
        assert receiver.requests == []


def test_one_bad_event_holds_up_no_other(servers: Servers) -> None:
    with running_receiver() as receiver:
        receiver.answer = lambda request: 500 if "bad" in request.event else 200
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url)))
        count(servers, a_violation("bad"), a_violation("bad", ENDED), a_violation("good"))
        _step_until(sender, lambda: "good:opened" in receiver.events)
        assert "bad:ended" not in receiver.events
        receiver.answer = lambda _: 200
        _step_until(sender, lambda: outcomes(servers)["delivered"] == 3)
    assert receiver.events[-2:] == ["bad:opened", "bad:ended"]


def test_what_is_refused_is_not_tried_again_and_its_end_not_sent(
    servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    with running_receiver() as receiver:
        receiver.answer = lambda _: 410
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url + "/t0ken")))
        count(servers, a_violation("a"), a_violation("b"), a_violation("a", ENDED))
        _step_until(sender, lambda: outcomes(servers) == {"refused": 3})
    assert receiver.events == ["a:opened", "b:opened"]
    (warning,) = [each.message for each in caplog.records if each.levelno == logging.WARNING]
    assert "answers 410 Gone" in warning
    assert "t0ken" not in warning


def test_what_is_too_old_is_given_up(servers: Servers) -> None:
    with misbehaving(receivers.closes) as url:
        sender = _sender(servers, declare(servers, a_webhook(url=url)), webhook_max_age_s=0.2)
        count(servers, a_violation())
        _step_until(sender, lambda: outcomes(servers).get("expired"))
    assert waiting(servers) == 0


def test_no_more_wait_than_may(servers: Servers) -> None:
    with misbehaving(receivers.closes) as url:
        sender = _sender(servers, declare(servers, a_webhook(url=url)), backoff=Backoff(60, 60), webhook_max_waiting=5)
        for burst in range(3):
            count(servers, *(a_violation(f"gate-1-{burst}-{n}") for n in range(4)))
            sender.step(NEVER)
    assert (waiting(servers), outcomes(servers)["dropped"]) == (5, 7)


def test_a_violation_that_was_erased_meanwhile_is_not_sent(servers: Servers) -> None:
    with running_receiver() as receiver:
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url)))
        count(servers, a_violation("erased"), a_violation("kept"))
        servers.state.hdel(KEYS.violations("gate"), "erased")
        _step_until(sender, lambda: outcomes(servers) == {"erased": 1, "delivered": 1})
    assert receiver.events == ["kept:opened"]


def test_what_was_counted_before_the_webhook_was_there_is_not_sent(servers: Servers) -> None:
    with running_receiver() as receiver:
        count(servers, a_violation("old"))
        created_ms = int(time.time() * 1000) + 10
        sender = _sender(servers, declare(servers, a_webhook(url=receiver.url, created_ms=created_ms)))
        eventually(lambda: time.time() * 1000 > created_ms)
        count(servers, a_violation("new"))
        _step_until(sender, lambda: receiver.requests)
    assert receiver.events == ["new:opened"]


@pytest.mark.parametrize("follows", [False, True], ids=["removed", "added-anew"])
def test_a_sender_of_a_webhook_that_was_removed_leaves_nothing_behind(servers: Servers, follows: bool) -> None:
    sender = _sender(servers, declare(servers, a_webhook()), backoff=Backoff(60, 60))
    sender.step(NEVER)
    if follows:
        declare(servers, a_webhook(created_ms=1))
    else:
        servers.state.hdel(WEBHOOKS, "desk")
    count(servers, a_violation())
    with pytest.raises(Removed):
        _step_until(sender, lambda: False)
    assert not servers.state.exists(*WebhookKeys("desk").all_but_lease)


def test_garbage_on_the_server_is_counted_or_forgotten_and_stops_nothing(servers: Servers) -> None:
    with running_receiver() as receiver:
        webhook = declare(servers, a_webhook(url=receiver.url))
        keys = WebhookKeys("desk")
        servers.state.hset(keys.waiting, mapping={"x": "?", "7": "{}"})
        servers.state.hset(keys.positions, mapping={"gate": "yesterday"})
        servers.state.hset(keys.cooldowns, mapping={"gate": "long"})
        servers.state.xadd(KEYS.violation_log("gate"), {"violation": b"\xff{"})
        servers.state.xadd(KEYS.violation_log("gate"), {"something": "else"})
        count(servers, a_violation())
        _step_until(_sender(servers, webhook), lambda: receiver.requests)
    assert outcomes(servers)["unreadable"] == 4
