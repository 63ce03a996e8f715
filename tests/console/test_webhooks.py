import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from console.command import run
from console.webhooks import reading
from console.webhooks.exporter import WebhookCollector
from shared.connections import Servers
from shared.streams import WEBHOOK_SNOOZES, WEBHOOKS, WebhookKeys
from shared.webhooks import MAX_WEBHOOKS, Outcome, Snooze, StatusField, Webhook
from tests.console.builders import a_camera, attach
from tests.worker.webhooks.receiver import running_receiver

URL = "https://desk.example/hooks/t0ken"


class Commands:
    """Runs `maskwatch webhook ...` on a system and keeps all that was printed."""

    def __init__(self, redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._redis = ["--redis", redis_url]
        self._capsys = capsys
        self.everything = ""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        ended = run(["webhook", *arguments, *self._redis])
        out, err = self._capsys.readouterr()
        self.everything += out + err
        assert ended == code, out + err
        return out if code == 0 else err


@pytest.fixture
def webhook(servers: Servers, redis_url: str, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(redis_url, capsys)


def _stored(servers: Servers, name: str = "desk") -> Webhook:
    value = servers.state.hget(WEBHOOKS, name)
    assert isinstance(value, bytes)
    return Webhook.model_validate_json(value)


def test_a_webhook_is_added_changed_listed_and_removed(servers: Servers, webhook: Commands) -> None:
    options = ["--secret", "env:DESK", "--camera", "gate", "--zone", "door", "--min-confidence", "0.9"]
    webhook("add", "desk", URL, *options, "--cooldown", "5m", "--events", "ended, opened")
    webhook("set", "desk", "--secret", "env:OLD", "--secret", "env:NEW", "--all-cameras", "--cooldown", "0s")
    stored = _stored(servers)
    assert (stored.secrets, stored.cameras, stored.cooldown_s) == (("env:OLD", "env:NEW"), (), 0)
    assert (stored.zones, stored.min_confidence, stored.events) == (("door",), 0.9, ("opened", "ended"))
    assert stored.created_ms > 0
    assert webhook("list") == "desk\tnobody sends\t0\thttps://desk.example/…\n"
    (listed,) = json.loads(webhook("list", "--json"))
    assert (listed["url"], listed["secrets"]) == ("https://desk.example/…", ["env:OLD", "env:NEW"])
    assert "signed with: env:OLD, env:NEW" in webhook("show", "desk")
    webhook("remove", "desk")
    assert json.loads(webhook("list", "--json")) == []
    assert "t0ken" not in webhook.everything


def test_adding_it_again_changes_nothing_and_another_of_its_name_is_refused(
    servers: Servers, webhook: Commands
) -> None:
    webhook("add", "desk", URL)
    before = _stored(servers)
    webhook("add", "desk", URL)
    assert "webhook set desk" in webhook("add", "desk", URL + "2", code=2)
    assert _stored(servers) == before


def test_an_address_or_secret_in_a_file_is_named_by_its_whole_path(
    servers: Servers, webhook: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    webhook("add", "desk", "file:url", "--secret", "file:secret")
    assert _stored(servers).url == f"file:{tmp_path}/url"
    assert _stored(servers).secrets == (f"file:{tmp_path}/secret",)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "Desk", URL], "lower-case letters"),
        (["add", "desk", "ftp://desk.example/"], "begins with http"),
        (["add", "desk", "https://"], "names a host"),
        (["add", "desk", "https://desk.example:port/"], "names a host"),
        (["add", "desk", "https://desk.example/a b"], "printable"),
        (["add", "desk", "https://guard:hunter2@desk.example/"], "no login"),
        (["add", "desk", "https://desk.example/?token=hunter2"], "env:NAME"),
        (["add", "desk", URL, "--secret", "hunter2"], "not given here"),
        (["add", "desk", URL, *(["--secret", "env:A"] * 3)], "twice at most"),
        (["add", "desk", URL, "--events", "updated"], "together with opened"),
        (["add", "desk", URL, "--events", "begun"], "--events"),
        (["add", "desk", URL, "--events", ""], "--events"),
        (["add", "desk", URL, "--camera", "Gate!"], "id of a camera"),
        (["add", "desk", URL, "--cooldown", "long"], "--cooldown"),
        (["add", "desk", URL, "--cooldown", "2w"], "at most 7d"),
        (["add", "desk", URL, "--min-confidence", "90"], "min-confidence"),
        (["set", "desk"], "nothing to change"),
        (["set", "desk", "--no-secret", "--secret", "env:A"], "not both"),
        (["set", "desk", "--url", URL], "no webhook"),
        (["show", "desk"], "no webhook"),
        (["test", "desk"], "no webhook"),
        (["remove", "desk"], "no webhook"),
        (["snooze", "desk", "--for", "2h"], "no webhook"),
        (["snooze"], "--for 2h"),
        (["snooze", "--for", "0s"], "in the future"),
        (["snooze", "--until", "2020-01-01T00:00"], "in the future"),
        (["snooze", "--until", "tomorrow"], "--until"),
        (["snooze", "--for", "99999999999w"], "within a year"),
        (["snooze", "--for", "2h", "--camera", "gone"], "no camera"),
        (["unsnooze", "desk"], "no webhook"),
    ],
    ids=lambda value: None if isinstance(value, list) else value,
)
def test_what_cannot_be_is_refused_in_one_line_that_repeats_no_secret(
    servers: Servers, webhook: Commands, arguments: list[str], says: str
) -> None:
    line = webhook(*arguments, code=2)
    assert line.count("\n") == 1
    assert says in line
    assert "hunter2" not in line
    assert not servers.state.exists(WEBHOOKS, WEBHOOK_SNOOZES)


def test_there_are_not_more_than_a_system_can_carry(servers: Servers, webhook: Commands) -> None:
    for number in range(MAX_WEBHOOKS):
        each = Webhook(name=f"n{number}", url=URL, created_ms=0)
        servers.state.hset(WEBHOOKS, each.name, each.model_dump_json())
    assert "remove one" in webhook("add", "desk", URL, code=2)


def test_removing_takes_everything_but_the_lease_and_all_or_nothing(servers: Servers, webhook: Commands) -> None:
    webhook("add", "desk", URL)
    keys = WebhookKeys("desk")
    for key in (*keys.all_but_lease, keys.lease):
        servers.state.hset(key, "x", "y")
    webhook("snooze", "desk", "--for", "2h")
    webhook("snooze", "--for", "2h")
    webhook("remove", "desk", "door", code=2)
    assert servers.state.exists(keys.status)
    webhook("remove", "desk")
    assert not servers.state.exists(*keys.all_but_lease)
    assert servers.state.exists(keys.lease)
    assert servers.state.hkeys(WEBHOOK_SNOOZES) == [b"*/*"]


def test_one_that_cannot_be_understood_hides_no_other_and_can_be_removed(servers: Servers, webhook: Commands) -> None:
    webhook("add", "desk", URL)
    servers.state.hset(WEBHOOKS, "broken", "{")
    assert len(json.loads(webhook("list", "--json"))) == 1
    webhook("remove", "broken")
    assert servers.state.hkeys(WEBHOOKS) == [b"desk"]


def test_snoozes_begin_are_shown_and_end(servers: Servers, webhook: Commands) -> None:
    attach(servers, a_camera("gate"))
    webhook("add", "desk", URL)
    assert "desk: nothing of camera gate until" in webhook("snooze", "desk", "--camera", "gate", "--for", "2h")
    until = (datetime.now().astimezone() + timedelta(hours=1)).isoformat()
    assert "all webhooks: nothing of all cameras" in webhook("snooze", "--until", until)
    snoozes = json.loads(webhook("show", "desk", "--json"))["snoozes"]
    assert [(each["camera"], each["is_of_all_webhooks"]) for each in snoozes] == [(None, True), ("gate", False)]
    left = webhook("unsnooze", "desk")
    assert "snoozes ended: 1" in left
    assert "still snoozed: all webhooks" in left
    assert "snoozes ended: 1" in webhook("unsnooze")
    assert json.loads(webhook("show", "desk", "--json"))["snoozes"] == []


def test_an_ended_snooze_still_holds_for_what_happened_in_it_and_goes_after_a_day(
    servers: Servers, webhook: Commands
) -> None:
    webhook("snooze", "--for", "2h")
    webhook("unsnooze")
    old = Snooze(from_ms=0, until_ms=1)
    servers.state.hset(WEBHOOK_SNOOZES, "old/*", old.model_dump_json())
    assert len(servers.state.hkeys(WEBHOOK_SNOOZES)) == 2
    webhook("snooze", "--for", "1h")
    assert servers.state.hkeys(WEBHOOK_SNOOZES) == [b"*/*"]


def test_a_test_event_is_posted_from_here_and_its_answer_told(
    servers: Servers, webhook: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_SECRET", "correct-horse")
    with running_receiver() as receiver:
        webhook("add", "desk", receiver.url, "--secret", "env:DESK_SECRET")
        assert "answers 200" in webhook("test", "desk")
        receiver.answer = lambda _: 401
        assert "answers 401 Unauthorized" in webhook("test", "desk", code=1)
        monkeypatch.delenv("DESK_SECRET")
        assert "DESK_SECRET" in webhook("test", "desk", code=1)
    (first, _) = receiver.requests
    assert first.message["event"] == "test"
    assert first.message["violation"] is None
    assert "v1=" in first.headers["Maskwatch-Signature"]
    assert "correct-horse" not in webhook.everything


def test_what_became_of_events_is_shown_and_exported_from_zero(servers: Servers, webhook: Commands) -> None:
    webhook("add", "desk", URL)
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    status = {Outcome.DELIVERED: "3", StatusField.DELIVERED_MS: str(now_ms - 1), StatusField.ERROR_MS: str(now_ms)}
    servers.state.hset(WebhookKeys("desk").status, mapping=status | {StatusField.ERROR: "answers 500"})  # type: ignore[arg-type]
    servers.state.hset(WebhookKeys("desk").waiting, "0", "{}")
    lease = {"owner": "events-1", "token": "1", "expires_at_ms": str(now_ms + 60_000)}
    servers.state.hset(WebhookKeys("desk").lease, mapping=lease)  # type: ignore[arg-type]
    assert webhook("list") == "desk\tfailing\t1\thttps://desk.example/…\n"
    shown = webhook("show", "desk")
    assert "last error: answers 500" in shown
    assert "so far: 3 delivered" in shown
    registry = CollectorRegistry()
    registry.register(WebhookCollector(lambda: reading.read_all(servers.state)))
    text = generate_latest(registry).decode()
    assert 'maskwatch_webhook_deliveries_total{outcome="delivered",webhook="desk"} 3.0' in text
    assert 'maskwatch_webhook_deliveries_total{outcome="dropped",webhook="desk"} 0.0' in text
    assert 'maskwatch_webhook_waiting{webhook="desk"} 1.0' in text
