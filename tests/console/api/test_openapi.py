"""What the API says of itself is whole, and true of what it answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from shared.connections import Servers
from shared.review import ReviewFolder
from tests.console.api.client import Client
from tests.console.api.openapi import Json, description, operations
from tests.console.api.sites import GATE, a_whole_site
from tests.console.web.consoles import TOKEN, running_console
from tests.deploy.models import publish
from tests.review import an_item, fill

ANSWERED_ELSEWHERE = frozenset({"/events"})  # a stream, which has its own tests


def test_it_is_valid_openapi_with_a_name_a_tag_and_a_text_for_each_operation(api: Client) -> None:
    described = description(api)
    validate(described)
    every = list(operations(described))
    ids = [each.said["operationId"] for each in every]
    assert len(every) >= 50
    assert len(set(ids)) == len(ids)
    assert {tag for each in every for tag in each.said["tags"]} == {each["name"] for each in described["tags"]}
    for each in every:
        assert each.said["description"], str(each)


def test_every_operation_states_the_one_shape_of_failures(api: Client) -> None:
    described = description(api)
    failure = {"$ref": "#/components/schemas/Failure"}
    for each in operations(described):
        for code in (400, 401, 403, 404, 409, 422, 503):
            assert each.answer(code) == failure, f"{each} {code}"
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_every_body_refuses_what_it_does_not_know(api: Client) -> None:
    described = description(api)
    named = [each.body["$ref"].rpartition("/")[2] for each in operations(described) if each.body]
    assert len(named) > 10
    for name in named:
        assert described["components"]["schemas"][name]["additionalProperties"] is False, name


@pytest.fixture
def filled(api: Client, servers: Servers, review: Path, registry: str) -> Iterator[dict[str, str]]:
    """A site with something behind every route; gives what stands for the variables in paths."""
    violation = a_whole_site(servers)
    publish(registry).promote(1)
    (face,) = fill(ReviewFolder(review), an_item())
    api.post("/areas", {"name": "front", "cameras": [GATE, "hall"]})
    api.post("/webhooks", {"name": "desk", "url": "https://desk.example/"})
    api.post("/snoozes", {"for": "2h"})
    job = api.post("/trainings", {"data": [registry]})
    api.put("/trainings/schedule", {"rule": "7d", "training": {"data": [registry]}})
    yield {
        "camera": GATE, "violation": violation, "kind": "face", "version": "1", "face": face, "area": "front",
        "webhook": "desk", "job": job["id"],
    }  # fmt: skip


def test_every_answer_is_as_described(api: Client, filled: dict[str, str]) -> None:
    described = description(api)
    answered = 0
    for each in operations(described):
        schema = each.answer(200)
        if each.method != "GET" or schema is None or each.path in ANSWERED_ELSEWHERE:
            continue
        for query in queries(each.path):
            check(api.get(each.path.format(**filled) + query), schema, described)
            answered += 1
    assert answered > 20


def queries(path: str) -> list[str]:
    found = {
        "/counts": ["", "?by=hour&since=3h"],
        "/models": ["", "?task=detector"],
        "/violations/export": ["?format=json"],
    }
    return found.get(path, [""])


def check(value: Any, schema: Json, described: Json) -> None:  # noqa: ANN401 - JSON
    rooted = {**schema, "components": described["components"]}
    Draft202012Validator(rooted, format_checker=FormatChecker()).validate(value)


def test_programs_may_ask_with_the_token_alone(servers: Servers) -> None:
    with running_console(servers, TOKEN) as url:
        sent = {"Authorization": f"Bearer {TOKEN}"}
        answer = requests.put(f"{url}/api/v1/workers", json={"wanted": 2}, headers=sent, timeout=30)
        assert (answer.status_code, answer.json()["wanted"]) == (200, 2)
