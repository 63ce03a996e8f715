"""What the API says of itself: the texts of its description, and what the framework gets wrong in it."""

from typing import Any

from fastapi import FastAPI

DESCRIPTION = """\
The functions of the command line for programs and for the page.

Where the console demands a token, send it as `Authorization: Bearer TOKEN`. Without one, and with a session of the
page, each change carries the header `X-CSRF-Token` with what `GET /api/v1/session` gives as `csrf`. Every failure is
`{"error": "one line that says what to do"}`. Live pictures come over the WebSocket `/api/v1/live`.
"""
TAGS = [
    {"name": "session", "description": "Signing in and out."},
    {"name": "system", "description": "What happens right now."},
    {"name": "events", "description": "What happens, as it happens, by server-sent events."},
    {"name": "cameras", "description": "Which cameras are watched."},
    {"name": "violations", "description": "Who was seen without a mask, once each."},
    {"name": "counts", "description": "People, violations and compliance, and what could not be seen."},
    {"name": "areas", "description": "Cameras with overlapping views, counted as one."},
    {"name": "webhooks", "description": "Who is told of violations."},
    {"name": "workers", "description": "How many workers judge frames."},
    {"name": "models", "description": "Versions of classifier and face detector."},
    {"name": "review", "description": "Faces that a person should look at."},
    {"name": "trainings", "description": "Making new versions."},
]
_FAILURE = {"$ref": "#/components/schemas/Failure"}


def install(app: FastAPI) -> None:
    """Let an app describe itself so."""
    described = app.openapi

    def corrected() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _corrected(described())
        return app.openapi_schema

    app.openapi = corrected  # type: ignore[method-assign] # as the framework wants it


def _corrected(described: dict[str, Any]) -> dict[str, Any]:
    for methods in described["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                _correct(answer.get("content", {}))
    return described


def _correct(content: dict[str, Any]) -> None:
    """A failure is JSON whatever the route gives otherwise; items of a stream belong to a later OpenAPI than 3.1."""
    for media_type, said in list(content.items()):
        if said.get("schema") == _FAILURE and media_type != "application/json":
            content["application/json"] = content.pop(media_type)
        if "itemSchema" in said:
            said["schema"] = said.pop("itemSchema")
