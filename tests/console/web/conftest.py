"""The real page: a whole system with its demo feeds, and a browser that looks at it."""

import re
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.console.web.processes import free_port, running
from tests.console.web.site import Site
from tests.waiting import eventually

MASKWATCH = Path(sys.executable).with_name("maskwatch")
CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 45_000  # for a machine that has much else to do
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
# A picture that is not there yet, or no longer, is asked for all the same; the page says so in words.
MISSING_PICTURE = re.compile(r"/pictures/(face|frame)$")


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running system with a bare and a masked demo feed."""
    data = tmp_path_factory.mktemp("site")
    port = free_port()
    found = Site(f"http://127.0.0.1:{port}", data)
    up = [str(MASKWATCH), "up", "--data", str(data), "--port", str(port), "--no-trainer", "--workers", "1"]
    with running(up, data / "up.log"):
        eventually(lambda: _sees_both(found), timeout_s=90, interval_s=0.3)
        yield found


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests."""
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of; a test that provokes something takes it out again."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """An empty page; at the end nothing may have broken in it or against its content security policy."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    yield page
    context.close()
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    where = message.location.get("url", "")
    is_expected = "404" in message.text and MISSING_PICTURE.search(where)
    return [] if message.type not in {"error", "warning"} or is_expected else [f"{message.text} {where}"]


def _sees_both(site: Site) -> bool:
    try:
        cameras = site.get("/system")["cameras"]
    except (urllib.error.URLError, ConnectionError):
        return False
    return len(cameras) >= 2 and all(each["state"] == "live" for each in cameras.values())
