"""The API's description as the console gives it, an operation at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.console.api.client import Client

Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """A method of a path below /api/v1, and what is said of it."""

    method: str
    path: str
    said: Json

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body(self) -> Json:
        """The schema of its body, which may be a reference; empty where it takes none."""
        return dict(self.said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}))

    def answer(self, code: int) -> Json | None:
        """The schema of what it answers as JSON."""
        content = self.said["responses"].get(str(code), {}).get("content", {})
        schema: Json | None = content.get("application/json", {}).get("schema")
        return schema


def description(api: Client) -> Json:
    """All of it."""
    found: Json = api.get("/openapi.json")
    return found


def operations(described: Json) -> Iterator[Operation]:
    """All of them."""
    for path, methods in described["paths"].items():
        for method, said in methods.items():
            yield Operation(method.upper(), path.removeprefix("/api/v1"), said)


def resolved(schema: Json, described: Json) -> Json:
    """What a reference stands for."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return dict(described["components"]["schemas"][name]) if name else schema
