"""Zones on the page: drawn with the mouse or made with keys alone, checked, and never lost unasked."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from console.command import run
from tests.console.web.complaining import FAULTS
from tests.console.web.site import Site

CAMERA = "demo-masked"
DOOR = {"name": "door", "kind": "include", "points": [[0.1, 0.2], [0.4, 0.2], [0.4, 0.8], [0.1, 0.8]]}


@pytest.fixture(autouse=True)
def _whole_picture(site: Site) -> Iterator[None]:
    yield
    site.patch(f"/cameras/{CAMERA}", {"zones": []})


@pytest.fixture
def editor(site: Site, page: Page) -> Page:
    """The editor of a camera without zones, its still loaded."""
    return opened(site, page)


def opened(site: Site, page: Page) -> Page:
    page.goto(f"{site.url}/#/cameras?zones={CAMERA}")
    expect(page.locator(".zone-note")).to_have_text("")
    return page


def stored(site: Site, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - JSON
    """The zones as the command line tells them."""
    assert run(["camera", "show", CAMERA, "--json", "--data", str(site.data)]) == 0
    return json.loads(capsys.readouterr().out)["zones"]


def saved(page: Page) -> None:
    page.get_by_role("button", name="Save zones").click()
    expect(page.locator(".zone-status")).to_have_text("All changes are saved.")


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place of the picture, given in shares, on the screen."""
    box = page.locator(".zone-surface").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *begin))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=3)
    page.mouse.up()


def test_a_zone_drawn_with_the_mouse_is_the_cameras(
    site: Site, editor: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    editor.get_by_label("New zone").select_option("exclude")
    editor.get_by_role("button", name="Draw", exact=True).click()
    for place in ((0.1, 0.2), (0.5, 0.2), (0.5, 0.8)):
        editor.mouse.click(*at(editor, *place))
    editor.mouse.dblclick(*at(editor, 0.1, 0.8))
    editor.get_by_label("Name (may be empty)").fill("poster")
    drag(editor, (0.5, 0.8), (1.2, 0.9))  # a corner, out of the picture
    drag(editor, (0.3, 0.5), (0.4, 0.5))  # the whole zone, which is at its edge already
    saved(editor)
    (zone,) = stored(site, capsys)
    assert (zone["name"], zone["kind"]) == ("poster", "exclude")
    expected = [[0.1, 0.2], [0.5, 0.2], [1, 0.9], [0.1, 0.8]]
    assert [[pytest.approx(each, abs=0.006) for each in corner] for corner in expected] == zone["points"]
    assert all(round(each, 4) == each for corner in zone["points"] for each in corner)


def test_a_keyboard_does_all_of_it(site: Site, editor: Page, capsys: pytest.CaptureFixture[str]) -> None:
    editor.get_by_role("button", name="Add a rectangle").focus()
    editor.keyboard.press("Enter")
    expect(editor.get_by_label("Name (may be empty)")).to_be_focused()
    editor.keyboard.type("desk")
    editor.keyboard.press("Tab")
    editor.keyboard.press("ArrowDown")  # is left out
    editor.keyboard.press("Tab")
    editor.keyboard.press("Enter")  # opens the corners
    editor.keyboard.press("Tab")
    expect(editor.get_by_role("button", name="Corner 1 at")).to_be_focused()
    editor.keyboard.press("ArrowLeft")
    editor.keyboard.press("ArrowLeft")
    editor.keyboard.press("Shift+ArrowUp")
    editor.get_by_label("Corner 3, from the left, percent").fill("70.55")
    editor.get_by_role("button", name="Remove corner 2").press("Enter")
    editor.get_by_role("button", name="Save zones").press("Enter")
    expect(editor.locator(".zone-status")).to_have_text("All changes are saved.")
    (zone,) = stored(site, capsys)
    assert zone == {"name": "desk", "kind": "exclude", "points": [[0.23, 0.249], [0.7055, 0.65], [0.25, 0.65]]}


def test_what_was_done_is_undone_and_a_drawing_cancelled(editor: Page) -> None:
    zones = editor.locator(".zone-list > li")
    editor.get_by_role("button", name="Add a rectangle").click()
    editor.get_by_role("button", name="Whole picture counts").click()
    expect(zones).to_have_count(0)
    editor.get_by_role("button", name="Undo").click()
    expect(zones).to_have_count(1)
    editor.mouse.click(*at(editor, 0.4, 0.4))
    editor.keyboard.press("Delete")
    expect(zones).to_have_count(0)
    editor.keyboard.press("Control+z")
    editor.keyboard.press("Control+z")
    expect(zones).to_have_count(0)
    expect(editor.locator(".zone-status")).to_have_text("All changes are saved.")
    editor.mouse.click(*at(editor, 0.9, 0.9))
    expect(editor.get_by_role("button", name="Finish zone")).to_be_visible()
    editor.keyboard.press("Escape")
    expect(editor.get_by_role("button", name="Finish zone")).to_be_hidden()
    assert zones.count() == 0


def test_what_is_no_zone_is_not_sent_and_a_name_stays_text(site: Site, editor: Page) -> None:
    editor.get_by_role("button", name="Add a rectangle").click()
    editor.get_by_label("Name (may be empty)").fill("<script>alert(1)</script>")
    editor.get_by_role("button", name="Save zones").click()
    expect(editor.get_by_role("alert")).to_contain_text("its name may have letters")
    expect(editor.locator(".zone-label")).to_have_text("<script>alert(1)</script>")
    assert editor.locator("main script").count() == 0
    editor.get_by_label("Name (may be empty)").fill("")
    editor.locator("summary").click()
    editor.get_by_label("Corner 1, from the left, percent").fill("90")
    editor.get_by_label("Corner 1, from the top, percent").fill("60")
    editor.get_by_role("button", name="Save zones").click()
    expect(editor.get_by_role("alert")).to_contain_text("its edges cross each other")
    assert site.get(f"/cameras/{CAMERA}")["zones"] == []


def test_unsaved_changes_are_asked_about_and_outlive_the_back_button(site: Site, page: Page) -> None:
    site.patch(f"/cameras/{CAMERA}", {"zones": [DOOR]})
    page.goto(f"{site.url}/#/cameras")
    page.get_by_role("link", name=f"Zones of {CAMERA}").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("link", name="All cameras").click()
    expect(page.get_by_role("dialog")).to_contain_text("Leave without saving?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name=f"Zones of {CAMERA}")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Go back to them").click()
    expect(page.locator(".zone-status")).to_have_text("There are unsaved changes.")
    saved(page)
    assert site.get(f"/cameras/{CAMERA}")["zones"] == []
    page.get_by_role("link", name="All cameras").click()
    expect(page.get_by_role("button", name="Add a camera")).to_be_visible()


def test_the_editor_fits_a_phone_and_draws_by_touch(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    opened(site, page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for place in ((0.2, 0.2), (0.8, 0.2), (0.5, 0.8)):
        page.mouse.click(*at(page, *place))
    page.get_by_role("button", name="Finish zone").click()
    expect(page.locator(".zone-list > li")).to_have_count(1)
    page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(FAULTS) == []
