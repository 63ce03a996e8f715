"""The page of compliance in a real browser, on a real system."""

import re

from playwright.sync_api import Page, expect

from tests.console.web.site import Site
from tests.waiting import eventually

PEOPLE = {"with_mask": 48, "without_mask": 2, "incorrect_mask": 0, "cannot_tell": 4}
FIGURES = {
    "violations": 2,
    "dismissed": 1,
    "confirmed": 1,
    "people": PEOPLE,
    "unjudged": {"too_small": 3, "dark": 1},
    "compliance": {
        "masked": 48,
        "judged": 50,
        "cannot_tell": 4,
        "raw": 0.96,
        "corrected": 0.972,
        "low": 0.9,
        "high": 0.99,
        "notes": ["<i>assumes</i> what was measured"],
    },
    "coverage": 0.9,
    "watched_seconds": 32_400.0,
    "blind_seconds": {"no_picture": 3_600.0, "not_judged": 0.0},
    "blind_now": None,
    "frames_processed": 9,
    "frames_dropped": {"unchanged": 5, "overload": 7},
    "frames_dead_lettered": {},
}


def test_today_is_told_of_each_camera_and_of_all(page: Page, site: Site) -> None:
    # What is watched is committed once a second, and the page asks once a minute.
    eventually(lambda: all(each["watched_seconds"] > 0 for each in site.get("/counts")["cameras"].values()), 60)
    page.goto(f"{site.url}/#/compliance")
    for name in ("All cameras", "demo-bare", "demo-masked"):
        card = page.locator("article", has=page.get_by_role("heading", name=name, exact=True))
        expect(card.get_by_text(re.compile(r"^seen .*% of the time$"))).to_be_visible()
    page.get_by_role("button", name="7 days").click()
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("#/compliance?span=7d")


def test_a_camera_that_saw_nothing_has_words_and_no_number(page: Page, site: Site) -> None:
    site.post("/cameras", {"id": "blind", "source": "http://127.0.0.1:9/none.mjpg"})
    try:
        page.goto(f"{site.url}/#/compliance")
        card = page.locator("[data-camera=blind]")
        expect(card.locator(".could-not-see")).to_contain_text("Could not see")
        expect(card.locator(".share")).to_have_count(0)
        expect(card.get_by_text(re.compile("violations?$"))).to_have_count(0)
    finally:
        site.delete("/cameras/blind")


def test_the_share_is_shown_with_its_interval_and_with_what_it_leaves_out(page: Page, site: Site) -> None:
    """People are counted when they are gone, which takes the demo feeds for ever: these figures are made up."""
    stretch = {"since": "2026-11-26T00:00:00+00:00", "until": "2026-11-27T00:00:00+00:00", "total": FIGURES}
    answer = stretch | {
        "cameras": {"gate": FIGURES},
        "areas": {},
        "steps": [stretch | {"cameras": {"gate": FIGURES}}] * 2,
    }
    page.route("**/api/v1/counts**", lambda route: route.fulfill(json=answer))
    page.goto(f"{site.url}/#/compliance")
    card = page.locator("[data-camera=gate]")
    expect(card.locator(".headline")).to_have_text("97% with a mask, 90% to 99%")
    words = "Corrected 97%, 95% interval 90% to 99%, as counted 96%"
    expect(card.get_by_role("img", name=words)).to_be_visible()
    band = card.locator(".band").evaluate("each => [each.style.left, each.style.width]")
    assert band == ["90%", "9%"]
    for text in ("2 violations, 1 dismissed, 1 confirmed", "54: 48 mask, 2 no mask, 4 cannot tell"):
        expect(card.get_by_text(text)).to_be_visible()
    for text in ("3 too small, 1 dark", "no picture for 60 min", "7 overload", "<i>assumes</i> what was measured"):
        expect(card.get_by_text(text, exact=True)).to_be_visible()
