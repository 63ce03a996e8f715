"""A login in Basic or Digest, whichever the camera asks for."""

from typing import Any
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Response
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth


def split_login(url: str) -> tuple[str, AuthBase | None]:
    """The address without its login, and the login."""
    parts = urlsplit(url)
    login, separator, place = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    bare = parts._replace(netloc=place).geturl()
    return bare, (HttpLogin(unquote(user), unquote(password)) if separator else None)


class HttpLogin(AuthBase):
    """Says nothing before it is asked; afterwards says it with each request at once."""

    def __init__(self, user: str, password: str) -> None:
        """Keep both kinds ready."""
        self._basic = HTTPBasicAuth(user.encode(), password.encode())
        self._digest = HTTPDigestAuth(user, password)
        self._chosen: AuthBase | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """What requests calls before it sends."""
        if self._chosen is not None:
            return self._chosen(request)
        request.register_hook("response", self._answer)  # type: ignore[no-untyped-call]
        return request

    def _answer(self, response: Response, **how: Any) -> Response:  # noqa: ANN401 - as in requests
        asked = response.headers.get("WWW-Authenticate", "").lower()
        if response.status_code != 401 or not ("digest" in asked or "basic" in asked):
            return response
        self._chosen = self._digest if "digest" in asked else self._basic
        if self._chosen is self._digest:
            self._digest(response.request)
            answer: Response = self._digest.handle_401(response, **how)  # type: ignore[no-untyped-call]
            return answer
        return _asked_again(response, self._basic, **how)


def _asked_again(response: Response, login: AuthBase, **how: Any) -> Response:  # noqa: ANN401 - as in requests
    _ = response.content  # read to its end, so that the connection serves again
    response.close()
    request = login(response.request.copy())
    again: Response = response.connection.send(request, **how)
    again.history.append(response)
    again.request = request
    return again
