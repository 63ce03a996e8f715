"""The page on which the API is read and tried: Swagger UI from its package, so that nothing comes from elsewhere."""

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response
from swagger_ui_bundle import swagger_ui_path

from console.errors import NotFound

_FILES = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"})
# Swagger UI writes styles into its elements, which nothing else here may.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Maskwatch API</title>
    <link rel="icon" href="/api/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
  </head>
  <body>
    <div id="docs"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script type="module" src="/assets/docs.js"></script>
  </body>
</html>
"""

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
async def page() -> Response:
    """The page."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY})


@router.get("/api/docs/{name}")
async def part(name: str) -> Response:
    """A file of Swagger UI."""
    if name not in _FILES:
        raise NotFound("there is no such page; see /api/docs")
    return FileResponse(str(swagger_ui_path / name), headers={"Cache-Control": "no-cache"})


def install(app: FastAPI) -> None:
    """Serve the page and its parts."""
    app.include_router(router)
