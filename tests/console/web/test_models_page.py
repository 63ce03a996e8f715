"""Models on the page: what is known of each version, serving another one, and going back."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from shared.detector_manifest import FACE_MODEL
from shared.model_registry import GateRecord, Manifest, ModelRegistry
from tests.console.web.complaining import FAULTS
from tests.console.web.site import Site
from tests.waiting import eventually
from trainer.report.record import PAGE_FILE, local_page

SHIPPED = Path(__file__).parents[3] / "worker" / "models" / "face" / "2"
REASON = "source gate: 80.0% instead of 90.0%"


@pytest.fixture
def registry(site: Site) -> Iterator[ModelRegistry]:
    """The system's own; what is served before is served at the end."""
    found = ModelRegistry(site.data / "models")
    current = found.current()
    yield found
    found.promote(current)


@pytest.fixture
def detectors(site: Site) -> Iterator[Path]:
    """Where the system's detectors are; there are none at the end."""
    folder = site.data / "models" / FACE_MODEL
    yield folder
    shutil.rmtree(folder)


def again(registry: ModelRegistry, gate: GateRecord) -> int:
    """Publish the served version once more, with another gate; its number."""
    served = registry.manifest(registry.current())
    files = registry.path(served.version)

    def describe(version: int, folder: Path) -> Manifest:
        for name in served.files:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(files / name, folder / name)
        return served.model_copy(update={"version": version, "files": {}, "gate": gate})

    return registry.publish(describe).version


def row(page: Page, version: int) -> Locator:
    return page.locator(f'tr[data-version="{version}"]')


def test_a_version_is_served_and_the_one_before_comes_back(site: Site, page: Page, registry: ModelRegistry) -> None:
    before = registry.current()
    version = again(registry, GateRecord(passed=True, compared_with=before))
    page.goto(f"{site.url}/#/models")
    expect(row(page, before)).to_contain_text("served")
    page.get_by_role("button", name=f"Serve version {version}").click()
    page.get_by_role("dialog").get_by_role("button", name=f"Serve version {version}").click()
    expect(row(page, version)).to_contain_text("served")
    assert registry.current() == version
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"Version {before} is served again instead of {version}")
    page.get_by_role("dialog").get_by_role("button", name=f"Roll back to {before}").click()
    expect(row(page, before)).to_contain_text("served")
    assert registry.current() == before


def test_a_version_that_its_gate_refused_is_served_only_by_force_which_is_asked_twice(
    site: Site, page: Page, registry: ModelRegistry
) -> None:
    before = registry.current()
    version = again(registry, GateRecord(passed=False, compared_with=before, reasons=(REASON,)))
    page.goto(f"{site.url}/#/models")
    page.get_by_role("button", name=f"Serve version {version}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(REASON)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert registry.current() == before
    page.get_by_role("button", name=f"Serve version {version}").click()
    dialog.get_by_role("button", name="Serve it all the same").click()
    expect(dialog).to_contain_text("Are you sure?")
    assert registry.current() == before
    dialog.get_by_role("button", name=f"Force version {version}").click()
    eventually(lambda: registry.current() == version)
    expect(row(page, version)).to_contain_text("forced")


def test_a_report_shows_figures_and_a_broken_version_why(site: Site, page: Page, registry: ModelRegistry) -> None:
    broken = again(registry, GateRecord(passed=True))
    (registry.path(broken) / "model.tflite").unlink()
    page.goto(f"{site.url}/#/models")
    expect(row(page, broken)).to_contain_text("model.tflite is missing")
    page.get_by_role("button", name=f"Report of version {registry.current()}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("table", name="How often it is right")).to_contain_text("test")
    assert page.evaluate(FAULTS) == []
    expect(dialog.get_by_role("table", name="validation: labels and what they were called")).to_contain_text("masked")
    expect(dialog).not_to_contain_text("undefined")


def test_a_detectors_finds_are_shown_and_its_report_with_curves_opens_in_a_new_tab(
    site: Site, page: Page, detectors: Path
) -> None:
    page.goto(f"{site.url}/#/models?task=detector")
    expect(page.locator(".models-list")).to_contain_text("Workers run what comes with them.")
    shutil.copytree(SHIPPED, detectors / SHIPPED.name)
    reported = local_page(site.data / "reports", FACE_MODEL, int(SHIPPED.name))
    reported.parent.mkdir(parents=True)
    shutil.copy(SHIPPED / PAGE_FILE, reported)
    page.reload()
    page.get_by_role("button", name=f"Report of version {SHIPPED.name}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row", name="ours (int8), test")).to_contain_text("97.8 %")
    expect(dialog).not_to_contain_text("undefined")
    with page.expect_popup() as opened:
        dialog.get_by_role("link", name="Report with curves").click()
    expect(opened.value).to_have_title(re.compile("Face detector"))
