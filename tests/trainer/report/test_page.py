"""The report's page, read as a browser reads it."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer, GateRecord
from tests.trainer.report.builders import a_mistake, a_report, a_short_report, some_answers
from trainer.report.measures import part_report
from trainer.report.page import render
from trainer.report.pictures import Pictures, Sample
from trainer.report.record import Evaluation, Fitting, NetworkReport, Promotion, ShadowRecord, TrainingReport

HOSTILE = '<script>alert("x")</script>&"\'><img src=x onerror=alert(1)>'
VOID = {"meta", "img", "br", "hr"}


class Page(HTMLParser):
    """What is on a page; refuses elements that are not closed in their order."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(content)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, *names: str) -> list[str]:
        return [value for _, name, value in self.attributes if name in names]


@pytest.fixture(scope="module")
def content() -> str:
    return render(a_report())


@pytest.fixture(scope="module")
def page(content: str) -> Page:
    return Page(content)


def test_a_page_shows_the_nine_steps_in_their_order(page: Page) -> None:
    assert re.findall(r"([1-9])\. [A-Z]", page.text) == list("123456789")


def test_the_summary_comes_first_and_says_how_good_and_whether_it_is_served(page: Page) -> None:
    summary = page.text.split("1. Pictures")[0]
    for said in ("98.0% (96.0 to 99.0)", "Promoted: better or equal everywhere", "14 min 5 s", "2.4 GB", "800 train"):
        assert said in summary


def test_a_page_refers_to_nothing_outside_and_runs_nothing(page: Page, content: str) -> None:
    assert not re.search(r"https?://|//[a-z]+\.[a-z]", content)
    assert "script" not in page.tags
    assert all(value.startswith("#") or value.startswith("data:image/") for value in page.values("href", "src"))
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_every_id_is_there_once_and_every_reference_leads_somewhere(page: Page) -> None:
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    drawn = {value.removeprefix("#") for tag, name, value in page.attributes if (tag, name) == ("use", "href")}
    clipped = {each for value in page.values("clip-path") for each in re.findall(r"url\(#(.+)\)", value)}
    assert drawn | clipped <= set(ids)


def test_whoever_cannot_see_a_figure_is_told_what_it_shows(page: Page) -> None:
    assert page.tags.count("svg") == len(
        [tag for tag, name, value in page.attributes if (tag, name) == ("svg", "role")]
    )
    assert "Accuracy over the epochs: training from 0.85 to 0.97" in page.text
    local = Page(render(a_short_report(), Pictures([a_mistake()])))
    assert [value for tag, name, value in local.attributes if (tag, name) == ("img", "alt")] == [
        "without mask, called with mask (97.0%)"
    ]


def test_tables_have_captions_and_headers(page: Page) -> None:
    tables = page.tags.count("table")
    assert tables == page.tags.count("caption") == page.tags.count("thead")
    assert {"col", "row"} == set(page.values("scope"))


def test_names_from_the_data_are_only_ever_text() -> None:
    report = a_report(source=HOSTILE, promotion=Promotion(promoted=False, why=HOSTILE))
    sample = Sample(HOSTILE, HOSTILE, np.zeros((20, 20, 3), np.uint8))
    page = Page(render(report, Pictures([a_mistake(HOSTILE, HOSTILE)], [sample])))
    assert "script" not in page.tags
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert page.tags.count("img") == 2
    assert page.text.count(HOSTILE) >= 5


def test_without_pictures_the_page_shows_nobody(page: Page) -> None:
    assert "img" not in page.tags


def test_a_network_of_four_answers_is_shown_with_all_of_them() -> None:
    four: tuple[Answer, ...] = (*Label, BACKGROUND)
    answers = some_answers(labels=four)
    report = a_short_report(
        network=NetworkReport(labels=four, size=96, alpha=0.35, began_with="version 1"),
        evaluation=Evaluation(figures={}, parts=(part_report("test", answers, 1.0),)),
    )
    assert "called background" in Page(render(report)).text


@pytest.mark.parametrize(
    ("promotion", "said"),
    [
        (Promotion(), "Published"),
        (Promotion(gate=GateRecord(passed=True, compared_with=3)), "Passed the gate"),
        (Promotion(gate=GateRecord(passed=False, reasons=("worse on hall",))), "Did not pass the gate: worse on hall"),
        (
            Promotion(promoted=False, gate=GateRecord(passed=False, compared_with=3, reasons=("worse on hall",))),
            "Published, not promoted: worse on hall",
        ),
        (Promotion(promoted=True, gate=GateRecord(passed=False, forced=True)), "because somebody said so"),
        (
            Promotion(promoted=False, shadow=ShadowRecord(passed=False, seconds=60, faces=9, reasons=("gate shifts",))),
            "Published, not promoted: gate shifts",
        ),
    ],
)
def test_what_became_of_the_version_is_said(promotion: Promotion, said: str) -> None:
    assert said in Page(render(a_short_report(promotion=promotion))).text


def test_steps_that_have_nothing_to_say_say_so() -> None:
    bare = a_report(augmentation=(), fitting=Fitting(), scenes=None, evaluation=Evaluation(figures={}))
    text = Page(render(bare)).text
    assert "There were no annotated photographs" in text
    assert "No augmentation was stated" in text


def test_a_training_that_ran_away_still_has_a_report() -> None:
    report = a_report(fitting=Fitting(train_loss=(1.0, float("nan")), validation_loss=(1.0, float("inf"))))
    Page(render(report))
    again = TrainingReport.model_validate_json(report.model_dump_json())
    assert np.isnan(again.fitting.train_loss[1])
