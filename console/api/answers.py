"""What routes answer besides their own models: failures, pictures, and what was done in words."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response


class Failure(BaseModel):
    """Why a request was not served."""

    model_config = ConfigDict(frozen=True)

    error: str = Field(description="One line that says what to do about it.")


class JpegResponse(Response):
    """A picture; nobody on the way keeps it, for it may show people."""

    media_type = "image/jpeg"


_MEANINGS = {
    400: "What was given cannot be used.",
    401: "Not signed in, and no valid token.",
    403: "No CSRF token, or the request comes from another site's page.",
    404: "There is no such thing.",
    409: "Refused as things are.",
    422: "The body or a parameter is malformed.",
    503: "A server or a store is away.",
}

FAILURES: dict[int | str, dict[str, Any]] = {
    code: {"model": Failure, "description": meaning} for code, meaning in _MEANINGS.items()
}
