"""The page of violations in a real browser, on a real system."""

import re
from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from console.finding import running_system
from tests.console.web.complaining import FAULTS
from tests.console.web.site import Site
from tests.waiting import eventually

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
EVERYWHERE = [[0, 0], [1, 0], [1, 1], [0, 1]]
# When a row of this camera first is in the page, in milliseconds since 1970.
WATCH = """(camera) => {
  new MutationObserver((_, observer) => {
    const row = document.querySelector(`tr[data-id^="${camera}-"]`);
    if (!row) return;
    window.seenAt = Date.now();
    observer.disconnect();
  }).observe(document.body, {childList: true, subtree: true});
}"""


@pytest.fixture
def extra(site: Site) -> Iterator[str]:
    """A third camera, attached by the test and removed after it."""
    yield "extra"
    site.delete("/cameras/extra")


def row(page: Page, camera: str = "demo-bare") -> Locator:
    return page.locator(f'tr[data-id^="{camera}-"]').first


def opened_at_ms(site: Site, camera: str) -> int:
    """When the log got a camera's first violation."""
    with running_system(site.data, None) as system:
        entries = cast(
            "list[tuple[bytes, object]]", system.servers.state.xrange(system.keys.violation_log(camera), count=1)
        )
    return int(entries[0][0].split(b"-")[0])


def test_a_new_violation_is_there_within_two_seconds_and_is_announced(page: Page, site: Site, extra: str) -> None:
    page.goto(f"{site.url}/#/violations")
    expect(row(page)).to_be_visible(timeout=60_000)
    page.evaluate(WATCH, extra)
    zone = {"name": "front door", "kind": "include", "points": EVERYWHERE}
    site.post("/cameras", {"id": extra, "source": "demo:bare", "zones": [zone]})
    expect(row(page, extra)).to_be_visible(timeout=60_000)
    late_ms = page.evaluate("window.seenAt") - opened_at_ms(site, extra)
    print(f"in the page {late_ms} ms after it was logged")
    assert late_ms < 2_000
    expect(row(page, extra).locator(".cell-where")).to_contain_text("front door")
    expect(page.locator("#announcer")).to_contain_text(f"New violation on {extra}")
    assert page.locator("tbody tr").first.get_attribute("data-id").startswith(f"{extra}-")  # type: ignore[union-attr]
    eventually(lambda: row(page, extra).locator("img.face").evaluate("each => each.naturalWidth") > 0, timeout_s=60)


def test_one_is_dismissed_with_a_reason_that_stays_text_and_restored_by_undo(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/violations?camera=demo-bare")
    expect(row(page)).to_be_visible(timeout=60_000)
    page.keyboard.press("j")
    expect(row(page)).to_be_focused()
    page.keyboard.press("d")
    page.get_by_label("Reason").fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(row(page).locator(".cell-state")).to_have_text(f"dismissed {HOSTILE}")
    expect(page.locator("dialog")).to_have_count(0)
    expect(row(page)).to_be_focused()
    assert site.get("/violations?camera=demo-bare&dismissed=true")["violations"]
    page.get_by_role("button", name="Undo").click()
    expect(row(page).get_by_role("button", name=re.compile("^Dismiss"))).to_be_visible()
    assert not site.get("/violations?camera=demo-bare&dismissed=true")["violations"]


def test_filters_stay_in_the_address(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/violations?camera=demo-bare&dismissed=true")
    expect(page.get_by_label("Camera", exact=True)).to_have_value("demo-bare")
    expect(page.get_by_role("heading", name="No such violation")).to_be_visible()
    page.get_by_label("Dismissed").select_option("Hidden")
    expect(row(page)).to_be_visible(timeout=60_000)
    assert page.url.endswith("#/violations?camera=demo-bare&dismissed=false")
    page.reload()
    expect(page.get_by_label("Dismissed")).to_have_value("false")
    expect(row(page)).to_be_visible()


def test_what_the_filters_choose_is_downloaded_as_a_spreadsheet(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/violations?camera=demo-bare&dismissed=true")
    link = page.get_by_role("link", name="Export")
    expect(link).to_have_attribute("href", re.compile("camera=demo-bare.*dismissed=true"))
    page.get_by_label("Dismissed").select_option("Hidden")
    expect(row(page)).to_be_visible(timeout=60_000)
    link.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "violations.csv"
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("id,camera,")
    assert [each.split(",")[1] for each in lines[1:]] == ["demo-bare"] * len(lines[1:])
    assert len(lines) > 1
    page.get_by_role("button", name="Clear filters").click()
    expect(link).to_have_attribute("href", "/api/v1/violations/export?format=csv")
    assert page.evaluate(FAULTS) == []


def test_details_show_the_whole_picture_and_escape_closes_them(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/violations?camera=demo-bare")
    expect(row(page)).to_be_visible(timeout=60_000)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Violation on demo-bare")
    expect(dialog.get_by_text("model 2")).to_be_visible()
    eventually(lambda: dialog.locator("img.frame").evaluate("each => each.naturalWidth") > 300, timeout_s=60)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row(page)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("dismiss or restore")


def test_older_ones_are_loaded_when_asked_for_and_each_is_there_once(page: Page, site: Site) -> None:
    """A hundred violations take the demo feeds too long: these are made up after the one that is there."""
    (first,) = site.get("/violations?camera=demo-bare&limit=1")["violations"]
    made = [
        first | {"camera": "gate", "id": f"gate-1-{n}-0", "opened_at": f"2026-11-26T08:{n // 60:02}:{n % 60:02}Z"}
        for n in range(130)
    ]

    def answer(route: Route) -> None:
        until = "until=" in route.request.url
        route.fulfill(json={"violations": made[:31] if until else made[30:], "unreadable": 2})

    page.route("**/api/v1/violations?**", answer)
    page.route("**/pictures/face", lambda route: route.fulfill(status=404))
    page.goto(f"{site.url}/#/violations?camera=gate")
    expect(page.get_by_text("100 violations, and older ones. 2 records cannot be read.")).to_be_visible()
    page.get_by_role("button", name="Load older").click()
    expect(page.get_by_text("130 violations. 2 records")).to_be_visible()
    ids = page.locator("tbody tr").evaluate_all("rows => rows.map((each) => each.dataset.id)")
    assert ids == [f"gate-1-{n}-0" for n in reversed(range(130))]
    expect(page.get_by_role("button", name="Load older")).to_be_hidden()
