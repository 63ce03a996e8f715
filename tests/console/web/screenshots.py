"""The pictures of the page in the documentation, of the two demo feeds.

python -m tests.console.web.screenshots docs/images
"""

import argparse
import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.console.web.conftest import CHROMIUM, QUIET
from tests.integration.system import running
from tests.producer.servers import free_port
from tests.waiting import eventually

_WIDE, _PHONE = (1280, 720), (390, 780)


def take(page: Page, url: str, folder: Path) -> None:
    """Each view once it shows what it is for."""
    page.goto(f"{url}/#/wall")
    page.wait_for_timeout(12_000)  # until the violation is open, and both pictures are new
    _save(page, folder / "wall.jpg")
    page.set_viewport_size({"width": _PHONE[0], "height": _PHONE[1]})
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(3_000)
    _save(page, folder / "wall-phone.jpg")
    page.set_viewport_size({"width": _WIDE[0], "height": _WIDE[1]})
    page.emulate_media(color_scheme="light")
    for name in ("violations", "compliance", "cameras"):
        page.goto(f"{url}/#/{name}")
        page.wait_for_timeout(2_500)
        _save(page, folder / f"{name}.png")
    page.goto(f"{url}/#/cameras?zones=demo-bare")
    page.wait_for_timeout(2_500)
    box = page.locator(".zone-surface").bounding_box()
    assert box is not None
    for x, y in ((0.15, 0.2), (0.85, 0.2), (0.8, 0.95), (0.2, 0.95)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    _save(page, folder / "zone-editor.jpg")


def _save(page: Page, path: Path) -> None:
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        if path.suffix == ".jpg":
            picture.convert("RGB").save(path, quality=88, optimize=True)
        else:
            picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Start a system and take them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    port = free_port()
    with tempfile.TemporaryDirectory() as data, running(Path(data) / "data", "--port", str(port)) as system:
        eventually(lambda: system.status().get("cameras", {}).get("demo-bare", {}).get("violations"), 90, 1)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            take(browser.new_page(viewport={"width": _WIDE[0], "height": _WIDE[1]}), f"http://127.0.0.1:{port}", folder)
            browser.close()


if __name__ == "__main__":
    main()
