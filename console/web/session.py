"""Signing in and out."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from console.web.access import SESSION_LASTS, Access
from console.web.attempts import TOO_MANY, Attempts
from shared.process_metrics import release

_PAUSE_S = 0.5  # for which a wrong token is waited out, so that none is found by trying

router = APIRouter(prefix="/session", tags=["session"])


class Session(BaseModel):
    """Whether who asks may do anything, and what each change has to carry in the header ``X-CSRF-Token``."""

    model_config = ConfigDict(frozen=True)

    signed_in: bool
    needs_token: bool
    csrf: str = Field(description="empty until signed in")
    version: str


class SignIn(BaseModel):
    """The console's token."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=1_000)


@router.get("", operation_id="session")
async def session(request: Request) -> Session:
    """Whether who asks is signed in."""
    access: Access = request.app.state.access
    cookie = request.cookies.get(access.cookie_name, "")
    is_in = not access.needs_token or bool(cookie and access.is_session(cookie, datetime.now(UTC)))
    return _told(access, cookie, is_in=is_in)


@router.post("", operation_id="signIn")
async def sign_in(request: Request, response: Response, given: SignIn) -> Session:
    """Open a session with the token; it lasts a week."""
    access: Access = request.app.state.access
    attempts: Attempts = request.app.state.attempts
    address = request.client.host if request.client else ""
    if not access.needs_token:
        return _told(access, "", is_in=True)
    if attempts.are_too_many(address):
        raise HTTPException(429, TOO_MANY)
    if not access.is_token(given.token):
        attempts.add(address, given.token)
        await asyncio.sleep(_PAUSE_S)
        raise HTTPException(401, "the token is wrong")
    cookie = access.new_session(datetime.now(UTC))
    is_secure = request.url.scheme == "https"
    lasts_s = int(SESSION_LASTS.total_seconds())
    response.set_cookie(access.cookie_name, cookie, max_age=lasts_s, httponly=True, samesite="strict", secure=is_secure)
    return _told(access, cookie, is_in=True)


@router.delete("", operation_id="signOut")
async def sign_out(request: Request, response: Response) -> Session:
    """Take the session's cookie away."""
    access: Access = request.app.state.access
    response.delete_cookie(access.cookie_name, httponly=True, samesite="strict")
    return _told(access, "", is_in=not access.needs_token)


def _told(access: Access, cookie: str, *, is_in: bool) -> Session:
    session = cookie if access.needs_token else ""
    csrf = access.csrf(session) if is_in else ""
    return Session(signed_in=is_in, needs_token=access.needs_token, csrf=csrf, version=release())
