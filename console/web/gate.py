"""Lets requests in or turns them away, before anything else looks at them."""

from collections.abc import Callable
from datetime import UTC, datetime

from prometheus_client import Counter
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.web.access import Access
from console.web.attempts import TOO_MANY, Attempts
from console.web.body_limit import MAX_BODY_BYTES, BodyTooLarge, BodyTooSlow, bounded, states_too_much
from console.web.origins import is_foreign, is_this_machine

CSRF_HEADER = "X-CSRF-Token"
SESSION_PATH = "/api/v1/session"
# What monitoring asks of every process, and the page itself, in which nothing of the system stands.
_PROBES = frozenset({"/metrics", "/healthz", "/readyz", "/prometheus/targets"})
_OPEN = _PROBES | {"/", SESSION_PATH, "/api/docs", "/api/v1/openapi.json", "/favicon.ico"}
_OPEN_BELOW = ("/assets/", "/api/docs/")
_API = "/api/v1/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CLOSED_FOR_WEBSOCKETS = 1008  # policy violation
_TOO_LARGE = (413, f"the body is larger than {MAX_BODY_BYTES:,} bytes")
_TOO_SLOW = (408, "the body did not come in time")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",  # pictures of people, and what is true only now
}


class Gate:
    """ASGI middleware: host, origin, token and CSRF; the headers that every answer has."""

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        attempts: Attempts,
        requests: Counter,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``requests`` counts answers by method and code."""
        self._app = app
        self._access = access
        self._attempts = attempts
        self._requests = requests
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or say why not."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(HTTPConnection(scope))
        if scope["type"] == "websocket":
            await self._serve_websocket(refusal, scope, receive, send)
            return
        told = self._with_headers(scope, send)
        if refusal is None and states_too_much(scope):
            refusal = _TOO_LARGE
        if refusal is None:
            try:
                await self._app(scope, bounded(receive), told)
                return
            except BodyTooLarge:
                refusal = _TOO_LARGE
            except BodyTooSlow:
                refusal = _TOO_SLOW
        code, why = refusal
        await JSONResponse({"error": why}, code)(scope, receive, told)

    async def _serve_websocket(
        self, refusal: tuple[int, str] | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if refusal is None:
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": _CLOSED_FOR_WEBSOCKETS, "reason": refusal[1][:100]})

    def _refusal(self, request: HTTPConnection) -> tuple[int, str] | None:
        path, headers = request.scope["path"], request.headers
        if path in _PROBES:
            return None
        if not self._access.needs_token and not is_this_machine(headers.get("host", "")):
            return 403, "the host asked for is not this machine: without a token only localhost is served"
        is_change = request.scope["type"] == "websocket" or request.scope["method"] not in _SAFE
        if (is_change or path.startswith(_API)) and is_foreign(headers):
            return 403, "the request comes from a page of another site"
        if path in _OPEN or path.startswith(_OPEN_BELOW):
            return None
        return self._refusal_of_stranger(request, is_change=is_change)

    def _refusal_of_stranger(self, request: HTTPConnection, *, is_change: bool) -> tuple[int, str] | None:
        bearer = _bearer(request.headers)
        if bearer is not None and self._access.needs_token:
            return self._refusal_of_token(bearer, request.client.host if request.client else "")
        cookie = request.cookies.get(self._access.cookie_name, "")
        if self._access.needs_token and not (cookie and self._access.is_session(cookie, self._clock())):
            return 401, "sign in with the console's token, or send it as Authorization: Bearer"
        # A browser sends no header of ours with a WebSocket; its origin was looked at.
        needs_proof = is_change and request.scope["type"] == "http"
        if needs_proof and not self._access.is_csrf(request.headers.get(CSRF_HEADER, ""), self._session(cookie)):
            return 403, f"send the header {CSRF_HEADER} with what GET {SESSION_PATH} gives as csrf"
        return None

    def _refusal_of_token(self, token: str, address: str) -> tuple[int, str] | None:
        if self._attempts.are_too_many(address):
            return 429, TOO_MANY
        if self._access.is_token(token):
            return None
        self._attempts.add(address, token)
        return 401, "the token is wrong"

    def _session(self, cookie: str) -> str:
        return cookie if self._access.needs_token else ""

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._requests.labels(_method(scope["method"]), str(message["status"])).inc()
                known = {name.lower() for name, _ in message["headers"]}
                added = [(name.lower().encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(each for each in added if each[0] not in known)]
            await send(message)

        return told


def _method(method: str) -> str:
    return method if method in {*_SAFE, "POST", "PUT", "PATCH", "DELETE"} else "other"


def _bearer(headers: Headers) -> str | None:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None
