"""The console's web server on a free port, as a thread of the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from console.finding import RunningSystem
from console.web.access import Access
from console.web.app import create_app
from console.web.context import ApiContext
from console.web.serving import WebServer
from deploy.local.data_folder import DataFolder
from shared.connections import Servers
from shared.review import ReviewFolder
from shared.settings import ConsoleSettings
from shared.streams import KeySpace

TOKEN = "0123456789abcdef-token"  # noqa: S105 - of consoles that live for a test


@contextmanager
def running_console(
    servers: Servers, token: str | None = None, review: Path | None = None, data: Path | None = None
) -> Iterator[str]:
    """Its address."""
    system = RunningSystem(servers, KeySpace(), None, "", DataFolder(data) if data else None)
    context = ApiContext(system, ConsoleSettings(), ReviewFolder(review) if review else None)
    app = create_app(context, Access(token), CollectorRegistry(), lambda: "")
    web = WebServer(app, "127.0.0.1", 0)
    web.start()
    try:
        yield web.url
    finally:
        web.close()
