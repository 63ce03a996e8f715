"""How whatever goes wrong behind a request is told: a code and one line, never a traceback, never what was sent."""

import logging
from collections.abc import Mapping

import redis
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from console.errors import AlreadyThere, BadInput, CommandFailed, NotFound, Unavailable
from shared.connections import ServerUnreachable
from shared.logins import CameraKeyUnusable
from shared.model_registry import ModelError, Refusal
from shared.redaction import redact
from shared.snapshot_store import StoreUnreachable

_log = logging.getLogger(__name__)

# The first that fits counts.
_CODES: Mapping[type[Exception], int] = {
    NotFound: 404,
    AlreadyThere: 409,
    BadInput: 400,
    Unavailable: 503,
    CommandFailed: 409,
    CameraKeyUnusable: 409,
    ModelError: 409,
    StoreUnreachable: 503,
    ServerUnreachable: 503,
    redis.RedisError: 503,
    OSError: 503,
}


def install(app: FastAPI) -> None:
    """Let an app tell its failures so."""
    for kind in _CODES:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _known(_: Request, error: Exception) -> JSONResponse:
    code = next(code for kind, code in _CODES.items() if isinstance(error, kind))
    if isinstance(error, ModelError) and error.reason is Refusal.UNREACHABLE:
        code = 503
    if isinstance(error, ModelError) and error.reason is Refusal.MISSING:
        code = 404
    said = f"a Redis server does not answer: {error}" if isinstance(error, redis.RedisError) else str(error)
    return answer(code, said)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Name the field and what is wrong with it, not what it holds: that may be a password."""
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in {"body", "query", "path"})
    return answer(422, f"{where or 'the body'}: {str(first['msg']).lower()}")


async def _http(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    said = "there is no such page; see /api/docs" if error.status_code == 404 else str(error.detail)
    return answer(error.status_code, said)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return answer(500, f"unexpected {type(error).__name__}; the console's log says where")


def answer(code: int, said: str) -> JSONResponse:
    """An error as every route gives it."""
    return JSONResponse({"error": redact(" ".join(said.split()))}, code)
