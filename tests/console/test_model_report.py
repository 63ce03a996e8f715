"""A model version in a terminal of 80 columns."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from console.model_report import render, sparkline, stored_report
from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer, GateRecord, Manifest, ModelRegistry
from tests.trainer.report.builders import a_report, a_short_report, some_answers, some_figures
from trainer.report.files import write_version_report
from trainer.report.measures import part_report
from trainer.report.record import Evaluation, Promotion, TrainingReport

SHIPPED = Path(__file__).parents[2] / "worker" / "models"


@pytest.fixture
def shipped() -> Manifest:
    registry = ModelRegistry(SHIPPED)
    return registry.manifest(registry.current()).model_copy(update={"version": 1, "gate": None})


def shown(manifest: Manifest, report: TrainingReport | dict[str, Any] | None, page: Path | None = None) -> str:
    content = json.loads(report.model_dump_json()) if isinstance(report, TrainingReport) else report
    console = Console(width=80, force_terminal=False)
    with console.capture() as capture:
        console.print(render(manifest, content, page))
    assert max(cell_len(line.rstrip()) for line in capture.get().splitlines()) <= 80
    return capture.get()


def test_a_version_from_before_there_were_reports_shows_its_manifest(shipped: Manifest) -> None:
    text = shown(shipped, None)
    assert "mask version 1" in text
    assert "mobilenet_v2_1.0_224_no_top.weights.h5" in text
    assert f"{shipped.metrics['test']['accuracy']:.1%}" in text
    assert "gate: not asked" in text


def test_a_report_shows_every_step(shipped: Manifest) -> None:
    text = shown(shipped, a_report())
    for said in (
        "Promoted: better or equal everywhere",
        "compared with version 6",
        "14 min 5 s, at most 2.4 GB of memory",
        "1,100 of 1,200 usable",
        "98.0% (96.0-99.0)",
        "calibration error: before 4.",
        "threshold: best",
        "fine-tuning, 8 epochs, epoch 7 kept",
        "40 photographs, faces found by YuNet",
        "4.6 MB, float16, 1.10 ms a face",
    ):
        assert said in text, said


def test_the_confusion_stands_in_rows_of_true_labels(shipped: Manifest) -> None:
    part = a_report().evaluation.parts[0].confusion
    rows = [line.split() for line in shown(shipped, a_report()).splitlines()]
    assert ["with", "mask", *map(str, part.counts[0])] in rows


def test_four_answers_and_long_names_fit_the_width(shipped: Manifest) -> None:
    four: tuple[Answer, ...] = (*Label, BACKGROUND)
    name = "test/" + "a-source-with-a-very-long-name" * 4
    evaluation = Evaluation(
        figures={"test": some_figures(1.0, 123_456), name: some_figures()},
        parts=(part_report("test", some_answers(labels=four), 1.0),),
    )
    text = shown(shipped, a_report(evaluation=evaluation))
    assert "a-source-with-a-ver…" in text
    assert "background" in text
    assert "98.0% (96.0-99.0)" in text


def test_why_a_version_is_not_served_is_said_once(shipped: Manifest) -> None:
    reason = "hall: 91.0% instead of 97.2%"
    gate = GateRecord(passed=False, compared_with=6, reasons=(reason,))
    text = shown(shipped, a_report(promotion=Promotion(promoted=False, gate=gate)))
    assert text.count(reason) == 1
    assert "gate: not passed, compared with version 6" in text


def test_a_promotion_by_force_after_the_report_is_seen(shipped: Manifest) -> None:
    gate = GateRecord(passed=False, reasons=("worse on hall",), forced=True)
    text = shown(shipped.model_copy(update={"gate": gate}), a_report())
    assert "promoted all the same by force" in text
    assert "worse on hall" in text


def test_the_report_with_pictures_is_named_where_there_is_one(shipped: Manifest) -> None:
    assert "reports/mask-7/report.html" in shown(shipped, a_report(), Path("reports/mask-7/report.html"))
    assert "report with pictures" not in shown(shipped, a_report())


@pytest.mark.parametrize("broken", [{}, {"schema_version": 2}, {"version": "seven"}])
def test_a_report_that_is_none_is_said_to_be_unreadable_and_the_manifest_shown(
    shipped: Manifest, broken: dict[str, Any]
) -> None:
    text = shown(shipped, broken)
    assert "its report cannot be read" in text
    assert "boxes test" in text


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff"])
def test_a_file_that_holds_no_report_is_an_unreadable_one(tmp_path: Path, content: bytes) -> None:
    assert stored_report(tmp_path) is None
    (tmp_path / "report.json").write_bytes(content)
    assert stored_report(tmp_path) == {}


def test_a_stored_report_is_read(tmp_path: Path, shipped: Manifest) -> None:
    write_version_report(a_short_report(), tmp_path)
    assert "Promoted" in shown(shipped, stored_report(tmp_path))


def test_names_cannot_steer_the_terminal(shipped: Manifest) -> None:
    evaluation = Evaluation(figures={"test": some_figures(), "test/\x1b[2J[red]x": some_figures()})
    text = shown(shipped, a_report(evaluation=evaluation))
    assert "?[2J[red]x" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("curve", "bars"),
    [
        ((1.0, 2.0, 3.0), "▁▅█"),
        ((5.0, 5.0), "▁▁"),
        ((1.0, float("nan"), 2.0), "▁ █"),
        ((), ""),
    ],
)
def test_a_curve_is_a_row_of_bars(curve: tuple[float, ...], bars: str) -> None:
    assert sparkline(curve) == bars


def test_a_long_curve_keeps_its_ends() -> None:
    bars = sparkline([float(each) for each in range(500)], width=40)
    assert (len(bars), bars[0], bars[-1]) == (40, "▁", "█")
