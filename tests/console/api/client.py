"""A client of the API that proves where its changes come from, as the page does."""

from typing import Any

import requests


class Client:
    """Sends requests to /api/v1 and tells what came back."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.headers["X-CSRF-Token"] = self.get("/session")["csrf"]

    def send(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:  # noqa: ANN401
        return self._session.request(method, f"{self.url}/api/v1{path}", json=body, timeout=30, **options)

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        return self._done("GET", path)

    def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401
        return self._done("POST", path, body)

    def patch(self, path: str, body: object) -> Any:  # noqa: ANN401
        return self._done("PATCH", path, body)

    def put(self, path: str, body: object) -> Any:  # noqa: ANN401
        return self._done("PUT", path, body)

    def delete(self, path: str) -> None:
        assert self.send("DELETE", path).status_code == 204

    def picture(self, path: str) -> bytes:
        answer = self.send("GET", path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg"), answer.text
        return answer.content

    def refused(self, code: int, method: str, path: str, body: object = None) -> str:
        """The one line that says why."""
        answer = self.send(method, path, body)
        assert answer.status_code == code, answer.text
        (error,) = answer.json().values()
        assert isinstance(error, str)
        assert "\n" not in error
        return error

    def _done(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401
        answer = self.send(method, path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()
