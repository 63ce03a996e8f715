"""Review on the page: faces are labelled with keys and with buttons, which is on disk at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shared.review import ReviewFolder
from tests.console.web.complaining import FAULTS, take_out
from tests.console.web.site import Site
from tests.review import an_item, fill
from tests.waiting import eventually


@pytest.fixture
def folder(site: Site) -> ReviewFolder:
    return ReviewFolder(Path(site.data) / "review")


def faces(folder: ReviewFolder, camera: str, count: int) -> list[str]:
    """Put so many in, of now: the system erases old ones."""
    now = datetime.now(UTC)
    items = [an_item(sequence, camera=camera) for sequence in range(count)]
    times = [now + timedelta(milliseconds=place) for place in range(count)]
    made = [item.model_copy(update={"captured_at": at}) for item, at in zip(items, times, strict=True)]
    return fill(folder, *made)


def opened(site: Site, page: Page, camera: str, count: int) -> None:
    page.goto(f"{site.url}/#/review?camera={camera}")
    expect(page.locator(".review-progress")).to_have_text(f"1 of {count}, 0 labelled")


def label(folder: ReviewFolder, face: str) -> str | None:
    item = folder.item(face)
    assert item is not None
    return item.label


def test_keys_label_faces_on_disk_skip_and_take_back(site: Site, page: Page, folder: ReviewFolder) -> None:
    first, second, third = faces(folder, "desk", 3)
    opened(site, page, "desk", 3)
    expect(page.locator(".review-facts")).to_contain_text("masked, 60 % sure")
    expect(page.locator(".review-facts")).to_contain_text("The model is unsure of it.")
    page.keyboard.press("2")
    eventually(lambda: label(folder, first) == "without_mask")
    expect(page.locator(".review-progress")).to_have_text("2 of 3, 1 labelled")
    page.keyboard.press("s")
    expect(page.locator(".review-progress")).to_have_text("3 of 3, 1 labelled")
    page.keyboard.press("4")
    eventually(lambda: label(folder, third) == "not_a_face")
    expect(page.get_by_role("heading", name="That was the last one")).to_be_visible()
    page.keyboard.press("u")
    eventually(lambda: label(folder, third) is None)
    expect(page.locator(".review-progress")).to_have_text("3 of 3, 1 labelled")
    page.keyboard.press("3")
    eventually(lambda: label(folder, third) == "incorrect_mask")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".review-progress")).to_have_text("2 of 3, 2 labelled")
    assert label(folder, second) is None


def test_buttons_do_the_same_on_a_phone_and_a_face_is_erased(site: Site, page: Page, folder: ReviewFolder) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    first, second = faces(folder, "stairs", 2)
    opened(site, page, "stairs", 2)
    assert page.evaluate(FAULTS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="With mask").click()
    eventually(lambda: label(folder, first) == "with_mask")
    page.get_by_role("button", name="Erase").click()
    page.get_by_role("dialog").get_by_role("button", name="Erase it").click()
    expect(page.locator(".review-progress")).to_have_text("1 of 1, 1 labelled")
    assert folder.item(second) is None
    assert folder.picture(an_item(1, camera="stairs")) is None


def test_a_label_that_cannot_be_stored_is_said_at_the_face(
    site: Site, page: Page, folder: ReviewFolder, complaints: list[str]
) -> None:
    first, _ = faces(folder, "ramp", 2)
    opened(site, page, "ramp", 2)
    folder.erase(first)
    page.keyboard.press("1")
    expect(page.get_by_role("alert")).to_contain_text("there is no face")
    expect(page.locator(".review-progress")).to_have_text("1 of 2, 0 labelled")
    take_out(complaints, "404")


def test_no_faces_is_said(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/#/review?camera=none")
    expect(page.get_by_role("heading", name="Nothing to review")).to_be_visible()
