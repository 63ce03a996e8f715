"""Cameras on the page: attached, tested, changed and removed; a password is typed and never seen again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.console.web.complaining import FAULTS, take_out
from tests.console.web.site import Site
from tests.waiting import eventually

PASSWORD = "Tr0ub4dor&3"  # noqa: S105 - of a camera that is none


@pytest.fixture
def removed(site: Site) -> Iterator[list[str]]:
    """Ids of cameras that are removed at the end."""
    ids: list[str] = []
    yield ids
    attached = {each["id"] for each in site.get("/cameras")}
    for camera in attached.intersection(ids):
        site.delete(f"/cameras/{camera}")


def row(page: Page, camera: str) -> Locator:
    return page.locator(f'tr[data-camera="{camera}"]')


def form(site: Site, page: Page, name: str, source: str) -> Locator:
    """The form of a new camera, filled in."""
    page.goto(f"{site.url}/#/cameras")
    page.get_by_role("button", name="Add a camera").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Source", exact=True).fill(source)
    return dialog


def test_a_camera_is_tested_added_changed_and_removed(site: Site, page: Page, removed: list[str]) -> None:
    removed.append("yard")
    dialog = form(site, page, "yard", "demo:masked")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_role("status")).to_contain_text("360 pixels")
    expect(dialog.get_by_role("img", name="What the camera sees")).to_be_visible()
    assert page.evaluate(FAULTS) == []
    dialog.get_by_role("button", name="Add camera").click()
    expect(row(page, "yard")).to_contain_text("demo:masked")
    expect(page.get_by_role("button", name="Add a camera")).to_be_focused()

    page.get_by_role("button", name="Change yard").click()
    dialog.get_by_label("Frames a second").fill("2")
    dialog.get_by_role("button", name="Save").click()
    eventually(lambda: site.get("/cameras/yard")["fps"] == 2)
    assert site.get("/cameras/yard")["motion"] is None

    page.get_by_role("button", name="Details of yard").click()
    expect(dialog).to_contain_text("Stalls")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Details of yard")).to_be_focused()

    page.get_by_role("button", name="Remove yard").click()
    expect(dialog).to_contain_text("counts and violations stay")
    dialog.get_by_role("button", name="Remove yard").click()
    expect(row(page, "yard")).to_have_count(0)
    assert "yard" not in [each["id"] for each in site.get("/cameras")]


def test_only_what_was_changed_is_sent(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/#/cameras")
    page.get_by_role("button", name="Change demo-masked").click()
    page.get_by_role("dialog").get_by_label("Motion").select_option("high")
    with page.expect_request(lambda request: request.method == "PATCH") as sent:
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
    assert sent.value.post_data_json == {"motion": "high"}
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_camera_that_cannot_be_opened_is_said_why_and_what_it_is_called_stays_text(
    site: Site, page: Page, complaints: list[str]
) -> None:
    dialog = form(site, page, "gone", "/nowhere/<img src=x onerror=alert(1)>.mp4")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_role("alert")).to_contain_text("there is no file /nowhere/<img src=x onerror=alert(1)>.mp4")
    expect(dialog.locator("img")).to_have_count(0)
    take_out(complaints, "409")


def test_what_the_server_refuses_stands_beside_the_form(site: Site, page: Page, complaints: list[str]) -> None:
    dialog = form(site, page, "Not An Id", "demo:masked")
    dialog.get_by_role("button", name="Add camera").click()
    expect(dialog.get_by_role("alert")).to_contain_text("lower-case letters")
    dialog.get_by_label("Name").fill("other")
    dialog.get_by_label("Source", exact=True).fill("demo:what")
    dialog.get_by_role("button", name="Add camera").click()
    expect(dialog.get_by_role("alert")).to_contain_text("there is no feed demo:what")
    take_out(complaints, "400")


def test_a_password_is_in_no_answer_and_not_in_the_page_once_it_was_sent(
    site: Site, page: Page, removed: list[str]
) -> None:
    removed.append("locked")
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response))  # noqa: PLW0108 - Playwright marks what it calls
    dialog = form(site, page, "locked", "rtsp://127.0.0.1:1/stream")
    dialog.get_by_label("User").fill("operator")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add camera").click()
    expect(row(page, "locked")).to_contain_text("rtsp://***@127.0.0.1:1/stream")
    page.get_by_role("button", name="Change locked").click()
    expect(dialog).to_contain_text("There is a login")
    values = page.evaluate("[...document.querySelectorAll('input')].map((each) => each.value).join()")
    told = [each.text() for each in answers if "/api/v1/cameras" in each.url]
    assert any("locked" in each for each in told)
    seen = [page.content(), values, *told, str(site.get("/cameras/locked"))]
    assert not any(secret in text for text in seen for secret in (PASSWORD, "operator"))
