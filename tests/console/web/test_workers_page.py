"""Workers on the page: those that run, and how many are wanted."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.web.complaining import FAULTS
from tests.console.web.site import Site
from tests.waiting import eventually


@pytest.fixture(autouse=True)
def _one_worker(site: Site) -> Iterator[None]:
    yield
    site.put("/workers", {"wanted": 1})


def test_running_workers_and_whether_they_keep_up_are_shown(site: Site, page: Page) -> None:
    worker = site.get("/workers")["workers"][0]
    page.goto(f"{site.url}/#/workers")
    shown = page.locator(f'tr[data-worker="{worker["id"]}"]')
    expect(shown).to_contain_text(worker["name"])
    expect(shown).to_contain_text("maskwatch")
    expect(page.locator(".load")).to_contain_text("frames/s come in")
    expect(page.locator(".load")).to_contain_text("Room for")


def test_the_other_processes_are_shown_with_where_they_run_and_since_when(site: Site, page: Page) -> None:
    others = [each for each in site.get("/processes") if each["role"] != "worker"]
    assert {"producer", "events", "console"} <= {each["role"] for each in others}
    page.goto(f"{site.url}/#/workers")
    table = page.get_by_role("table", name="Other processes")
    expect(table.get_by_role("columnheader")).to_have_text(["Process", "Role", "Machine", "Started"])
    for each in others:
        row = table.locator(f'tr[data-process="{each["id"]}"]')
        expect(row.get_by_role("cell")).to_have_text([each["role"], each["host"], re.compile("ago|just now")])
    expect(table.locator('tr[data-process^="worker"]')).to_have_count(0)
    assert page.evaluate(FAULTS) == []


def test_one_worker_more_is_wanted_after_one_click_and_one_less_after_another(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/#/workers")
    field = page.get_by_label("Workers wanted")
    expect(field).to_have_value("1")
    expect(page.get_by_role("button", name="One worker less")).to_be_disabled()
    page.get_by_role("button", name="One worker more").click()
    eventually(lambda: site.get("/workers")["wanted"] == 2)
    page.get_by_role("button", name="One worker less").click()
    eventually(lambda: site.get("/workers")["wanted"] == 1)
    field.fill("0")
    field.press("Enter")
    expect(field).to_have_value("1")
    expect(page.locator(".wanted")).to_contain_text("On each machine")
