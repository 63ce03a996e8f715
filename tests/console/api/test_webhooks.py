import pytest

from shared.connections import Servers
from tests.console.api.client import Client
from tests.console.builders import a_camera, attach

DESK = {
    "name": "desk",
    "url": "https://desk.example/hook",
    "secrets": ["env:DESK_SECRET"],
    "cooldown_s": 300,
    "zones": ["door"],
}


def test_a_webhook_is_declared_shown_changed_and_removed(api: Client) -> None:
    added = api.post("/webhooks", DESK)
    assert (added["url"], added["secrets"]) == ("https://desk.example/…", ["env:DESK_SECRET"])
    assert (added["events"], added["cooldown_s"], added["is_failing"]) == (["opened", "ended"], 300, False)
    assert api.post("/webhooks", DESK) == added  # as it is there
    assert api.get("/webhooks") == [added] == [api.get("/webhooks/desk")]
    changed = api.patch("/webhooks/desk", {"zones": [], "events": ["opened"], "cooldown_s": 0})
    assert (changed["zones"], changed["events"], changed["cooldown_s"]) == ([], ["opened"], 0)
    api.delete("/webhooks/desk")
    for method, body in (("GET", None), ("DELETE", None), ("PATCH", {"zones": []})):
        assert "there is no webhook 'desk'" in api.refused(404, method, "/webhooks/desk", body)


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        (409, {"name": "desk", "url": "https://other.example/"}, "already"),
        (400, {"name": "post", "url": "ftp://desk.example/"}, "begins with http"),
        (400, {"name": "post", "url": "https://desk.example/?key=hush"}, "give it as env:NAME"),
        (400, {"name": "post", "url": "https://a:hush@desk.example/"}, "holds no login"),
        (400, {"name": "post", "url": "https://desk.example/", "events": ["updated"]}, "events"),
        (422, {"name": "post", "url": "https://desk.example/", "secrets": ["hush"]}, "secrets"),
        (422, {"name": "post", "url": "file:hush"}, "absolute path"),
        (422, {"name": "post"}, "url: field required"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_and_not_repeated(
    api: Client, code: int, body: dict[str, object], expected: str
) -> None:
    api.post("/webhooks", DESK)
    error = api.refused(code, "POST", "/webhooks", body)
    assert expected in error
    assert "hush" not in error


def test_a_test_event_that_nobody_takes_says_why(api: Client) -> None:
    api.post("/webhooks", {"name": "desk", "url": "http://127.0.0.1:1/hook"})
    assert "desk" in api.refused(409, "POST", "/webhooks/desk/test")
    assert "there is no webhook" in api.refused(404, "POST", "/webhooks/none/test")


def test_webhooks_are_snoozed_and_woken(api: Client, servers: Servers) -> None:
    attach(servers, a_camera())
    api.post("/webhooks", DESK)
    one = api.post("/snoozes", {"webhook": "desk", "camera": "gate", "for": "2h"})
    every = api.post("/snoozes", {"until": one["until"]})
    assert (one["webhook"], one["camera"], every["webhook"], every["camera"]) == ("desk", "gate", None, None)
    assert len(api.get("/snoozes")) == len(api.get("/webhooks/desk")["snoozes"]) == 2
    left = api.send("DELETE", "/snoozes?webhook=desk")
    assert [each["webhook"] for each in left.json()] == [None]
    assert api.send("DELETE", "/snoozes").json() == []


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        (400, {}, "say how long: for 2h, or until"),
        (400, {"for": "soon"}, "for is 'soon'"),
        (400, {"for": "9" * 400 + "d"}, "for is"),
        (400, {"until": "2020-01-01T00:00"}, "in the future"),
        (404, {"for": "2h", "webhook": "none"}, "there is no webhook 'none'"),
        (404, {"for": "2h", "camera": "none"}, "there is no camera 'none'"),
        (422, {"span": "2h"}, "span"),
    ],
)
def test_a_snooze_that_is_none_is_refused(api: Client, code: int, body: dict[str, object], expected: str) -> None:
    assert expected in api.refused(code, "POST", "/snoozes", body)
