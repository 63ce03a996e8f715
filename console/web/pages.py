"""The page itself: files that are the same for everybody."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

ASSETS = Path(__file__).parent / "assets"
# Checked at each load, so that a new release is seen at once.
_REVALIDATED = {"Cache-Control": "no-cache"}

router = APIRouter(include_in_schema=False)


@router.get("/")
async def page() -> Response:
    """The page."""
    return FileResponse(ASSETS / "index.html", headers=_REVALIDATED)


class _Assets(StaticFiles):
    def file_response(self, *args, **kwargs) -> Response:  # type: ignore[no-untyped-def] # noqa: ANN002, ANN003 - passed on
        response = super().file_response(*args, **kwargs)
        response.headers.update(_REVALIDATED)
        return response


def install(app: FastAPI) -> None:
    """Serve the page and its parts."""
    app.include_router(router)
    app.mount("/assets", _Assets(directory=ASSETS), name="assets")
