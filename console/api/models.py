"""The versions of classifier and face detector: which there are, which is served, and serving another."""

from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse
from pydantic import Field

from console.api.bodies import Body
from console.detector_versions import DetectorList
from console.errors import CommandFailed, NotFound
from console.model_list import VersionList
from console.model_promotion import nudge
from console.model_serving import Served, roll_back, serve
from console.training.tasks import Task
from console.web.context import ApiContext, Context
from shared.detector_manifest import DetectorManifest
from shared.messages import Message
from shared.model_registry import Manifest, ModelError, Refusal, VersionRegistry

router = APIRouter(prefix="/models", tags=["models"])

Version = Annotated[int, Path(ge=1, le=2**31, description="A version's number.")]
OfTask = Annotated[Task, Query(description="Whose versions.")]
# The report brings its styles and pictures along, and runs nothing.
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


class VersionDetails(Message):
    """A version whose files are all there and are what its manifest states."""

    manifest: Manifest | DetectorManifest
    report: dict[str, Any] | None = Field(description="What its training told of it; null where it told nothing.")
    has_page: bool = Field(description="Whether its report with pictures is on this machine, at .../report.")


class Promotion(Body):
    """Whether a version is to be served although its gate did not let it pass."""

    force: bool = Field(default=False, description="Is recorded with the version.")


@router.get("", operation_id="listModels")
def models(context: Context, task: OfTask = Task.CLASSIFIER) -> VersionList | DetectorList:
    """All versions, oldest first, as `maskwatch models list --json` prints them."""
    from console import detector_versions, model_list  # noqa: PLC0415 - loads tables

    if task is Task.DETECTOR:
        detectors = context.detectors()
        return detector_versions.detector_list(detectors, detector_versions.read(detectors))
    registry = context.models()
    return model_list.version_list(registry, model_list.read(registry))


@router.get("/{version}", operation_id="getModel")
def show(context: Context, version: Version, task: OfTask = Task.CLASSIFIER) -> VersionDetails:
    """A version's manifest and report, after its files were checked."""
    from console.model_report import stored_report  # noqa: PLC0415 - loads the reports' records

    registry = _registry(context, task)
    manifest = registry.verified(version)
    told = stored_report(registry.path(version))
    return VersionDetails(manifest=manifest, report=told, has_page=_page(context, task, version) is not None)


@router.get("/{version}/report", operation_id="getModelReport", response_class=HTMLResponse)
def report(context: Context, version: Version, task: OfTask = Task.CLASSIFIER) -> HTMLResponse:
    """The report with pictures, where the training left it on this machine."""
    page = _page(context, task, version)
    if page is None:
        raise NotFound(f"there is no report with pictures of version {version} on this machine")
    return HTMLResponse(page.read_bytes(), headers={"Content-Security-Policy": _REPORT_POLICY})


@router.post("/{version}/promote", operation_id="promoteModel")
def promote(context: Context, version: Version, body: Promotion, task: OfTask = Task.CLASSIFIER) -> Served:
    """Serve a version from now on; 409 with the reasons where its gate did not let it pass.

    Running workers take a classifier up within seconds, a detector at their next start. Letting a version
    judge live faces first is for `maskwatch models promote --shadow` only: it takes minutes.
    """
    done = serve(_registry(context, task), version, force=body.force, force_by='"force": true')
    return _told(context, task, done)


@router.post("/rollback", operation_id="rollBackModel")
def rollback(context: Context, task: OfTask = Task.CLASSIFIER) -> Served:
    """Serve the version again that was served before; 409 where there is none."""
    try:
        done = roll_back(_registry(context, task))
    except ModelError as error:
        if error.reason is Refusal.MISSING:
            raise CommandFailed(str(error)) from error
        raise
    return _told(context, task, done)


def _page(context: ApiContext, task: Task, version: int) -> FilePath | None:
    from trainer.report.record import local_page  # noqa: PLC0415

    data = context.system.data
    page = None if data is None else local_page(data.reports, _registry(context, task).name, version)
    return page if page is not None and page.is_file() else None


def _registry(context: ApiContext, task: Task) -> VersionRegistry[Any]:
    return context.detectors() if task is Task.DETECTOR else context.models()


def _told(context: ApiContext, task: Task, done: Served) -> Served:
    if task is Task.CLASSIFIER:
        nudge(context.system, done.current)
    return done
