import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from shared.connections import Servers
from shared.messages import Dismissal
from shared.streams import KeySpace
from shared.violations import dismiss
from tests.builders import BEGIN
from tests.console.builders import a_camera, attach
from tests.console.test_violations import open_violation
from tests.console.web.consoles import running_console

KEYS = KeySpace()


@pytest.fixture
def events(servers: Servers) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
    attach(servers, a_camera())
    with (
        running_console(servers) as url,
        requests.get(f"{url}/api/v1/events", stream=True, timeout=20) as answer,
    ):
        yield parsed(answer.iter_lines(chunk_size=1, decode_unicode=True))


def parsed(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    event = ""
    for line in lines:
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield event, json.loads(line.removeprefix("data: "))


def first(events: Iterator[tuple[str, dict[str, Any]]], name: str) -> dict[str, Any]:
    return next(data for event, data in events if event == name)


def test_how_the_system_is_comes_first_and_again_and_again(events: Iterator[tuple[str, dict[str, Any]]]) -> None:
    event, data = next(events)
    assert event == "system"
    assert list(data["cameras"]) == ["gate"]
    assert first(events, "system")["frames_waiting"] == 0


def test_what_becomes_of_a_violation_is_told(events: Iterator[tuple[str, dict[str, Any]]], servers: Servers) -> None:
    first(events, "system")
    opened = open_violation(servers, "gate-1-0-0")
    told = first(events, "violation")
    assert (told["id"], told["state"], told["dismissal"]) == (opened.id, "opened", None)
    dismiss(servers.state, KEYS, opened, Dismissal(violation=opened.id, at=BEGIN, reason="a beard"))
    assert first(events, "violation")["dismissal"]["reason"] == "a beard"
