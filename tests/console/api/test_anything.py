"""Whatever is sent, the API answers, and never with a fault of its own."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.connections import Servers
from tests.console.api.client import Client
from tests.console.api.openapi import Json, Operation, description, operations, resolved
from tests.console.api.sites import GATE, a_whole_site

# A stream never ends; these two open cameras, for seconds each.
LEFT_OUT = frozenset({"/events", "/cameras/test", "/cameras/{camera}/still"})
IDS = {
    "camera": (GATE, "hall"), "violation": ("gate-1-8-0", "gate-1-7-0"), "kind": ("face", "frame"), "version": ("1",),
    "area": ("front",), "webhook": ("desk",), "job": ("none",), "since": ("2h", "7d"), "until": ("1h",),
}  # fmt: skip
KNOWN = (GATE, "hall", "gate-1-8-0", "1", "desk", "front")
JSON = {"Content-Type": "application/json"}
NUMBERS = st.integers() | st.floats() | st.integers(0, 10)
ODD = ("", "/", "\x00", "\ud800", "a" * 5_000, "9" * 400 + "d", "0001-01-01", "9999-12-31T23:59+23:59")
MEANT = ("demo:bare", "2h", "7d", "0 3 * * 0", "default", "file:/x", "hour")
TEXTS = st.text(max_size=20) | st.sampled_from(KNOWN + ODD + MEANT)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture
def site(api: Client, servers: Servers) -> Iterator[Client]:
    a_whole_site(servers)
    api.post("/areas", {"name": "front", "cameras": [GATE, "hall"]})
    api.post("/webhooks", {"name": "desk", "url": "http://127.0.0.1:1/"})
    yield api


def meant(schema: Json, described: Json) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one a type
    """What a schema asks for, as far as it says so."""
    schema = resolved(schema, described)
    if "anyOf" in schema:
        return st.one_of([meant(each, described) for each in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    if "prefixItems" in schema:
        return st.tuples(*(meant(each, described) for each in schema["prefixItems"])).map(list)
    match schema.get("type"):
        case "object":
            fields = {name: meant(each, described) for name, each in schema.get("properties", {}).items()}
            needed = {name: each for name, each in fields.items() if name in schema.get("required", [])}
            return st.fixed_dictionaries(needed, optional={n: e for n, e in fields.items() if n not in needed})
        case "array":
            least = schema.get("minItems", 0)
            return st.lists(meant(schema["items"], described), min_size=least, max_size=least + 3)
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "number":
            return st.floats(schema.get("minimum"), schema.get("maximum"))
        case "string":
            return st.sampled_from(KNOWN + MEANT) | TEXTS
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    return ANYTHING


def bodies(operation: Operation, described: Json) -> st.SearchStrategy[Any]:
    """What is meant, the same with something odd in one place, or anything."""
    right = meant(operation.body, described)
    return st.one_of(right, right, st.builds(spoilt, right, st.integers(0, 9), ANYTHING), ANYTHING)


def spoilt(body: Any, place: int, odd: Any) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(body, dict) or not body:
        return odd
    return body | {sorted(body)[place % len(body)]: odd}


def address(operation: Operation, draw: st.DataObject) -> str:
    """The operation's path and query with something in each place."""
    path, query = operation.path, []
    for each in operation.said.get("parameters", []):
        name, is_in_path = each["name"], each["in"] == "path"
        values = st.sampled_from(IDS.get(name, KNOWN)) | (st.text(min_size=1, max_size=20) if is_in_path else LEAVES)
        if is_in_path or draw.draw(st.booleans()):
            text = quote(str(draw.draw(values, label=name)).encode(errors="replace"), safe="")
            path = path.replace(f"{{{name}}}", text)
            query += [] if is_in_path else [f"{name}={text}"]
    return f"{path}?{'&'.join(query)}" if query else path


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(draw=st.data())
def test_no_body_makes_it_fail(site: Client, draw: st.DataObject) -> None:
    described = description(site)
    every = [each for each in operations(described) if each.body and each.path not in LEFT_OUT]
    operation = draw.draw(st.sampled_from(every), label="operation")
    # Not by the client's own means, which refuses to send what is no number.
    text = json.dumps(draw.draw(bodies(operation, described), label="body"))
    see(site.send(operation.method, address(operation, draw), data=text, headers=JSON), operation)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(draw=st.data())
def test_no_parameter_makes_it_fail(site: Client, draw: st.DataObject) -> None:
    every = [each for each in operations(description(site)) if not each.body and each.path not in LEFT_OUT]
    operation = draw.draw(st.sampled_from(every), label="operation")
    see(site.send(operation.method, address(operation, draw)), operation)


def see(answer: requests.Response, operation: Operation) -> None:
    assert answer.status_code < 500, f"{operation}: {answer.status_code} {answer.text}"
    if answer.status_code >= 400:
        assert list(answer.json()) == ["error"]
