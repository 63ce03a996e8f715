"""The detector's report, as a browser and as a terminal show it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from console.detector_report import render as in_terminal
from shared.detector_manifest import DetectorRegistry
from shared.messages import Label
from tests.trainer.detector.report.builders import a_detector_report, some_findings, some_trials
from tests.trainer.report.test_page import HOSTILE, Page
from trainer.detector.report.page import render
from trainer.detector.report.pictures import Worst
from trainer.detector.report.tables import trial_report

SHIPPED = Path(__file__).parents[4] / "worker" / "models"


@pytest.fixture(scope="module")
def content() -> str:
    return render(a_detector_report())


@pytest.fixture(scope="module")
def page(content: str) -> Page:
    return Page(content)


def test_a_page_shows_all_that_was_done_in_its_order(page: Page) -> None:
    assert re.findall(r"([1-9])\. [A-Z]", page.text) == list("123456789")
    for said in (
        "Promoted: not worse",
        "412, found after 30% and 80% of the time",
        "the teacher finds no face",
        "3.0 GB",
    ):
        assert said in page.text


def test_every_detector_is_there_at_every_size(page: Page) -> None:
    for each in some_trials():
        assert each.detector in page.text
    assert page.tags.count("svg") == 9  # loss, rate; two labels of two parts; time; two parts' confidences


def test_a_page_refers_to_nothing_outside_and_shows_nobody(page: Page, content: str) -> None:
    assert not re.search(r"https?://", content)
    assert {"script", "img"}.isdisjoint(page.tags)
    ids = page.values("id")
    assert len(ids) == len(set(ids))


def test_names_are_only_ever_text() -> None:
    worst = Worst("test", HOSTILE, HOSTILE, np.zeros((20, 20, 3), np.uint8))
    page = Page(render(a_detector_report(note=HOSTILE), [worst]))
    assert "script" not in page.tags
    assert page.tags.count("img") == 1


def test_recall_rises_with_the_false_faces_and_ends_where_all_are_counted() -> None:
    told = trial_report(some_trials()[0], 0.2)
    for label in Label:
        assert list(told.recall[label]) == sorted(told.recall[label])
    assert list(told.false_faces) == sorted(told.false_faces)
    assert told.equal["false_faces"] <= 0.2
    found = some_findings()
    assert max(told.recall[Label.WITH_MASK]) < 1  # what was never found is not found at any score
    assert not np.isfinite(found.found_at).all()


def test_a_terminal_of_80_columns_shows_it() -> None:
    registry = DetectorRegistry(SHIPPED)
    console = Console(width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(
            in_terminal(registry.manifest(registry.current()), json.loads(a_detector_report().model_dump_json()))
        )
    text = capture.get()
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= 80
    for said in ("Promoted: not worse", "found at 0.2 false faces", "ours (int8) at 1.5 size, test"):
        assert said in text
