import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared.connections import Servers
from shared.settings import EventsSettings
from shared.streams import WEBHOOKS, WebhookKeys
from tests.waiting import eventually
from tests.worker.webhooks import receiver as receivers
from tests.worker.webhooks.builders import a_violation, a_webhook, count, declare, outcomes
from tests.worker.webhooks.receiver import misbehaving, running_receiver
from worker.webhooks.patience import Backoff
from worker.webhooks.stage import WebhookStage


@contextmanager
def _running(servers: Servers, name: str = "events-1", timeout_s: float = 30) -> Iterator[WebhookStage]:
    settings = EventsSettings(events_lease_ms=500, webhook_timeout_s=timeout_s)
    stage = WebhookStage(servers.state, settings, name, Backoff(0.01, 0.01))
    stage.start()
    try:
        yield stage
    finally:
        stage.close()


def _sender_of(servers: Servers, name: str = "desk") -> str:
    owner = servers.state.hget(WebhookKeys(name).lease, "owner")
    return (owner or b"").decode()  # type: ignore[union-attr]


def test_a_receiver_that_never_answers_delays_no_other_webhook_and_not_the_end(servers: Servers) -> None:
    with misbehaving(receivers.says_nothing) as silent, running_receiver() as receiver:
        declare(servers, a_webhook("silent", url=silent))
        declare(servers, a_webhook("desk", url=receiver.url))
        with _running(servers):
            eventually(lambda: _sender_of(servers) and _sender_of(servers, "silent"))
            count(servers, *(a_violation(f"gate-1-{n}-0") for n in range(20)))
            eventually(lambda: outcomes(servers) == {"delivered": 20})
            closing = time.monotonic()
        # It would take its minute; the process may be killed ten seconds after it was told to stop.
        assert time.monotonic() - closing < 8
    assert outcomes(servers, "silent") == {}
    assert _sender_of(servers, "silent") == ""


def test_of_two_events_workers_one_sends_and_the_other_takes_over(servers: Servers) -> None:
    with running_receiver() as receiver:
        declare(servers, a_webhook(url=receiver.url))
        with _running(servers, "second") as second:
            with _running(servers, "first"):
                eventually(lambda: _sender_of(servers))
                count(servers, a_violation("a"))
                eventually(lambda: outcomes(servers) == {"delivered": 1})
            eventually(lambda: _sender_of(servers) == "second")
            count(servers, a_violation("b"))
            eventually(lambda: outcomes(servers) == {"delivered": 2})
            second.refresh()
    assert receiver.events == ["a:opened", "b:opened"]


def test_changes_take_effect_while_it_runs_and_garbage_hides_no_webhook(servers: Servers) -> None:
    with running_receiver() as first, running_receiver() as second, _running(servers):
        servers.state.hset(WEBHOOKS, mapping={"broken": "{", "older": '{"schema_version": 9}'})
        declare(servers, a_webhook(url=first.url))
        count(servers, a_violation("a"))
        eventually(lambda: first.requests)
        declare(servers, a_webhook(url=second.url))

        def has_come() -> object:
            count(servers, a_violation(f"b{time.monotonic_ns()}"))
            return second.requests

        eventually(has_come)
        servers.state.hdel(WEBHOOKS, "desk")
        eventually(lambda: not any(each.name == "webhook desk" for each in threading.enumerate()))
