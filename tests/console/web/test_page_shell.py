"""What all views share: signing in, a lost connection, names for screen readers, contrast, small screens."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from console.finding import running_system
from tests.console.web.processes import free_port, running
from tests.console.web.site import Site
from tests.waiting import eventually

TOKEN = "a-token-that-is-long-enough-for-anyone"  # noqa: S105 - of a test
VIEWS = ("wall", "violations", "compliance", "cameras", "workers", "models")
# Controls and pictures without a name, and texts with less contrast than 4.5 to what is behind them.
FAULTS = Path(__file__).with_name("page_faults.js").read_text()


@contextmanager
def console(site: Site, log: Path, port: int, token: str = "") -> Iterator[str]:
    """Another console on the same system; ends when the block does."""
    with running_system(site.data, None) as system:
        assert system.run is not None
        settings = {
            "MASKWATCH_FRAMES_REDIS": system.run.frames_redis,
            "MASKWATCH_STATE_REDIS": system.run.state_redis,
            "MASKWATCH_SHARDS": str(system.run.shards),
            "MASKWATCH_CONSOLE_PORT": str(port),
            "MASKWATCH_CONSOLE_TOKEN": token,
        }
    given = {name: value for name, value in settings.items() if value}
    with running([sys.executable, "-m", "console"], log, **given):
        yield f"http://127.0.0.1:{port}"


def served(page: Page, url: str) -> None:
    """Open a page whose server may still be starting."""

    def opens() -> bool:
        try:
            page.goto(url)
        except PlaywrightError:
            return False
        return True

    eventually(opens, timeout_s=60, interval_s=0.3)


def sign_in(page: Page) -> None:
    page.get_by_label("Token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compliance")
    expect(page.locator("#system")).to_contain_text("live")


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_has_a_name_and_every_text_enough_contrast_in_light_and_dark(
    page: Page, site: Site, view: str
) -> None:
    page.goto(f"{site.url}/#/{view}")
    expect(page.locator("#system")).to_contain_text("live")
    expect(page.locator("main article, main tbody tr").first).to_be_visible(timeout=60_000)
    for colours in ("Dark", "Light"):
        assert page.evaluate(FAULTS) == []
        assert page.locator("h1").count() == 1
        page.get_by_role("button", name=f"{colours} colours").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_phone_shows_everything_without_scrolling_sideways(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for view in VIEWS:
        page.goto(f"{site.url}/#/{view}")
        expect(page.locator("h1")).to_have_text(view.capitalize())
        expect(page.locator("main article, main tbody tr").first).to_be_visible(timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    more = page.get_by_role("button", name="More")
    more.click()
    expect(page.get_by_role("link", name="Workers")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Workers")).to_be_hidden()
    expect(more).to_be_focused()


def test_the_keyboard_gets_past_the_navigation(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/compliance")
    expect(page.get_by_role("heading", name="Compliance")).to_be_visible()
    expect(page.locator("nav a[aria-current=page]")).to_have_text("Compliance")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url.endswith("#/compliance")


def test_a_wrong_token_is_refused_and_the_right_one_opens_what_was_asked_for(
    page: Page, site: Site, complaints: list[str], tmp_path: Path
) -> None:
    with console(site, tmp_path / "log", free_port(), TOKEN) as url:
        served(page, f"{url}/#/compliance")
        page.get_by_label("Token").fill("something else")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("That is not the token.")
        assert [each for each in complaints if "401" not in each] == []
        complaints.clear()
        sign_in(page)
        page.context.clear_cookies()
        page.get_by_role("button", name="7 days").click()
        sign_in(page)
        assert page.url.endswith("#/compliance?span=7d")
        assert [each for each in complaints if "401" not in each] == []
        complaints.clear()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Token")).to_be_visible()
        page.context.close()


def test_a_console_that_is_gone_is_said_to_be_and_found_again(
    page: Page, site: Site, complaints: list[str], tmp_path: Path
) -> None:
    port = free_port()
    line = page.locator("#system")
    with console(site, tmp_path / "log", port) as url:
        served(page, f"{url}/#/wall")
        expect(line).to_contain_text("live")
        expect(page.locator("article.tile:not(.stale)")).not_to_have_count(0)
    expect(line).to_have_text("Connection lost, trying again")
    expect(page.locator("#announcer")).to_have_text("Connection lost, trying again")
    with console(site, tmp_path / "log", port):
        expect(line).to_contain_text(re.compile("cameras live"))
        expect(page.locator("article.tile:not(.stale)")).not_to_have_count(0)
        page.context.close()
    assert [each for each in complaints if not re.search("ERR_|closed|failed", each)] == []
    complaints.clear()
