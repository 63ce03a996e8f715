"""A running system as the tests of the page change it: over the API that the page uses."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

API = "/api/v1"


@dataclass(frozen=True)
class Site:
    """Where its page is, and its data folder."""

    url: str
    data: Path

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        return self._call("GET", path)

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        return self._call("POST", path, body)

    def patch(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        return self._call("PATCH", path, body)

    def put(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        return self._call("PUT", path, body)

    def delete(self, path: str) -> None:
        self._call("DELETE", path)

    def _call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        headers = {"Content-Type": "application/json"}
        if method != "GET":
            headers["X-CSRF-Token"] = self.get("/session")["csrf"]
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + API + path, data, headers, method=method)  # noqa: S310 - http
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - on this machine
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else None
