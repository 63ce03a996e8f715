"""The wall in a real browser, on a real system."""

import re

from playwright.sync_api import Page, expect

from tests.console.web.site import Site
from tests.waiting import eventually

# Pixels of a colour (within 12 of each of red, green, blue) on a camera's canvas, and a sum of all pixels.
COUNT = """([camera, red, green, blue]) => {
  const canvas = document.querySelector(`[data-camera="${camera}"] canvas`);
  if (!canvas) return [0, 0];
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let alike = 0, sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    sum = (sum * 31 + data[i] + data[i + 1]) % 1000000007;
    const off = [red - data[i], green - data[i + 1], blue - data[i + 2]];
    if (off.every((each) => Math.abs(each) <= 12)) alike += 1;
  }
  return [alike, sum];
}"""
RED = (0xD9, 0x2D, 0x20)
GREEN = (0x2F, 0xBF, 0x71)


def alike(page: Page, camera: str, colour: tuple[int, int, int]) -> int:
    return int(page.evaluate(COUNT, [camera, *colour])[0])


def picture_sum(page: Page, camera: str) -> int:
    return int(page.evaluate(COUNT, [camera, *RED])[1])


def test_each_camera_is_shown_live_with_its_boxes_in_the_colour_of_what_they_say(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/wall")
    for camera in ("demo-bare", "demo-masked"):
        expect(page.locator(f"[data-camera={camera}] .badge")).to_have_text("live")
    expect(page.locator("#system")).to_contain_text(re.compile(r"\d of \d cameras live"))
    eventually(lambda: alike(page, "demo-bare", RED) > 400, timeout_s=60, interval_s=0.2)
    eventually(lambda: alike(page, "demo-masked", GREEN) > 200, timeout_s=60, interval_s=0.2)
    assert alike(page, "demo-masked", RED) < 20
    label = page.locator("[data-camera=demo-bare] canvas")
    expect(label).to_have_attribute("aria-label", re.compile("demo-bare: live, 1 no mask"))


def test_pictures_move_and_what_is_not_looked_at_is_not_sent(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/wall")
    eventually(lambda: alike(page, "demo-masked", GREEN) > 200, timeout_s=60, interval_s=0.2)
    before = picture_sum(page, "demo-masked")
    eventually(lambda: picture_sum(page, "demo-masked") != before, timeout_s=60, interval_s=0.2)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    stale = page.locator("[data-camera=demo-masked] .veil")
    expect(stale).to_have_text(re.compile(r"Not live: this picture is \d+.* old"))
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-camera=demo-masked].stale")).to_have_count(0)


def test_one_camera_is_shown_large_and_keys_go_to_the_next_and_back(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/#/wall")
    page.locator("[data-camera=demo-bare] a.picture").focus()
    page.keyboard.press("Enter")
    expect(page.locator("article.tile")).to_have_count(1)
    expect(page.locator("article.tile")).to_have_attribute("data-camera", "demo-bare")
    page.keyboard.press("ArrowRight")
    expect(page.locator("article.tile")).not_to_have_attribute("data-camera", "demo-bare")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("article.tile")).to_have_attribute("data-camera", "demo-bare")
    eventually(lambda: alike(page, "demo-bare", RED) > 1_000, timeout_s=60, interval_s=0.2)
    page.keyboard.press("Escape")
    expect(page.locator("article.tile[data-camera=demo-masked]")).to_be_visible()


def test_why_a_camera_is_down_is_text_whatever_it_contains(page: Page, site: Site) -> None:
    site.post("/cameras", {"id": "hostile", "source": "http://127.0.0.1:9/<img src=x onerror=alert(1)>.jpg"})
    try:
        page.goto(f"{site.url}/#/wall")
        tile = page.locator("[data-camera=hostile]")
        expect(tile.locator(".reason")).to_contain_text("127.0.0.1:9")
        expect(tile.locator(".badge")).not_to_have_text("live")
        expect(tile.locator(".veil")).to_have_text("No picture")
        expect(tile.locator(".tally")).to_have_text("nothing seen yet")
        assert page.locator("main img, main script").count() == 0
    finally:
        site.delete("/cameras/hostile")
    expect(page.locator("[data-camera=hostile]")).to_have_count(0)
