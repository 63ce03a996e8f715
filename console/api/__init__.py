"""The API under /api/v1: the functions of the command line for programs and for the page."""

from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

from console.api.answers import FAILURES
from console.api.areas import router as areas
from console.api.camera_file import router as camera_file
from console.api.cameras import router as cameras
from console.api.counts import router as counts
from console.api.erasing import router as erasing
from console.api.models import router as models
from console.api.processes import router as processes
from console.api.review import router as review
from console.api.system import router as system
from console.api.trainings import router as trainings
from console.api.violation_export import router as violation_export
from console.api.violations import router as violations
from console.api.webhooks import router as webhooks
from console.api.workers import router as workers

PREFIX = "/api/v1"
# Says how programs sign in; the gate in front of all routes is what looks at it.
_BEARER = Depends(HTTPBearer(auto_error=False, description="The console's token, where it demands one."))


def router() -> APIRouter:
    """All routes; each states the one shape that every failure has."""
    found = APIRouter(prefix=PREFIX, responses=FAILURES, dependencies=[_BEARER])
    of_violations = (violation_export, violations, erasing)  # the first has a path that the second takes for an id
    others = (counts, workers, models, review, areas, webhooks, trainings)
    for part in (system, processes, cameras, camera_file, *of_violations, *others):
        found.include_router(part)
    return found
