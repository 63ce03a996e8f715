"""The page on which the API is read and tried."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from shared.connections import Servers
from tests.console.builders import a_camera, attach
from tests.console.web.consoles import running_console


@pytest.fixture
def console(servers: Servers) -> Iterator[str]:
    with running_console(servers) as url:
        yield url


def test_the_api_is_read_and_tried_on_its_page(console: str, servers: Servers, page: Page) -> None:
    attach(servers, a_camera())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{console}/api/docs")
    expect(page.get_by_role("heading", name="Maskwatch")).to_be_visible()
    operation = page.locator("#operations-cameras-removeCamera")
    operation.get_by_role("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("camera").fill("gate")
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status")).to_contain_text("204")
    assert requests.get(f"{console}/api/v1/cameras", timeout=10).json() == []
    assert [url for url in asked if not url.startswith((console, "data:"))] == []


def test_nothing_but_the_page_s_parts_is_served_there(console: str) -> None:
    for name in ("index.html", "..%2f..%2fapp.py", "oauth2-redirect.html"):
        assert requests.get(f"{console}/api/docs/{name}", timeout=10).status_code == 404
    policy = requests.get(f"{console}/api/docs", timeout=10).headers["content-security-policy"]
    assert "script-src 'self';" in policy
