import csv
import io
import json
from datetime import timedelta

import pytest
import requests

from console.violations.exporting import COLUMNS
from shared.connections import Servers
from shared.messages import Dismissal
from shared.violations import dismiss
from tests.console.api.client import Client
from tests.console.api.conftest import Command
from tests.console.builders import KEYS, a_camera, attach
from tests.console.test_violations import NOON, open_violation
from tests.console.web.consoles import TOKEN, running_console


def rows(answer: requests.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.fixture(autouse=True)
def _violations(servers: Servers) -> None:
    for place, camera in enumerate(("gate", "hall")):
        attach(servers, a_camera(camera))
        open_violation(servers, f"{camera}-1-0-0", camera, at=NOON + timedelta(hours=place))


def test_a_spreadsheet_of_those_that_are_asked_for_is_downloaded(api: Client, servers: Servers) -> None:
    servers.state.hset(KEYS.violations("hall"), "x", "{")
    answer = api.send("GET", "/violations/export")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="violations.csv"'
    assert answer.headers["x-unreadable-records"] == "1"
    assert answer.text.startswith(",".join(COLUMNS) + "\r\n")
    assert [each["id"] for each in rows(answer)] == ["gate-1-0-0", "hall-1-0-0"]
    for query in ("camera=hall", "since=2026-11-23T12:30%2B00:00", "format=csv&camera=hall&open=true"):
        assert [each["id"] for each in rows(api.send("GET", f"/violations/export?{query}"))] == ["hall-1-0-0"]
    assert rows(api.send("GET", "/violations/export?dismissed=true")) == []


def test_what_a_spreadsheet_would_take_for_a_formula_stays_text(api: Client, servers: Servers) -> None:
    violation = open_violation(servers, "gate-1-1-0")
    said = Dismissal(violation=violation.id, at=NOON, reason='=HYPERLINK("http://evil")')
    dismiss(servers.state, KEYS, violation, said)
    (row,) = rows(api.send("GET", "/violations/export?dismissed=true"))
    assert row["dismissal_reason"] == "'" + said.reason


def test_json_and_json_lines_hold_what_the_command_prints(api: Client, command: Command) -> None:
    listed = command.json_lines("violations")
    answer = api.send("GET", "/violations/export?format=json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == listed
    answer = api.send("GET", "/violations/export?format=jsonl")
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line) for line in answer.text.splitlines()] == listed


def test_all_are_in_it_however_many(api: Client, servers: Servers) -> None:
    for number in range(1_203):
        open_violation(servers, f"gate-2-{number}-0", at=NOON + timedelta(seconds=number))
    assert len(rows(api.send("GET", "/violations/export?camera=gate"))) == 1_204


@pytest.mark.parametrize(
    ("code", "query", "expected"),
    [(422, "format=xlsx", "format"), (422, "open=perhaps", "open"), (400, "since=tomorrow", "since 'tomorrow'")],
)
def test_a_mistake_is_one_line_and_no_file(api: Client, code: int, query: str, expected: str) -> None:
    assert expected in api.refused(code, "GET", f"/violations/export?{query}")


def test_a_session_of_the_page_is_enough_and_needed(servers: Servers) -> None:
    with running_console(servers, TOKEN) as url:
        place = f"{url}/api/v1/violations/export"
        assert requests.get(place, timeout=30).status_code == 401
        session = requests.Session()
        session.post(f"{url}/api/v1/session", json={"token": TOKEN}, timeout=30)
        assert len(rows(session.get(place, timeout=30))) == 2
        assert session.get(place, headers={"Sec-Fetch-Site": "cross-site"}, timeout=30).status_code == 403
