"""Where reports are written, and what is in which."""

import json
import stat
from pathlib import Path

import pytest

from tests.trainer.report.builders import a_mistake, a_report, a_short_report
from trainer.report.files import write_local_report, write_version_report
from trainer.report.record import TrainingReport, local_page


def test_a_versions_report_is_read_again_as_it_was(tmp_path: Path) -> None:
    report = a_report()
    write_version_report(report, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "report.html"}
    assert TrainingReport.model_validate(json.loads((tmp_path / "report.json").read_bytes())) == report


def test_a_versions_report_shows_nobody_and_the_local_one_does(tmp_path: Path) -> None:
    write_version_report(a_short_report(), tmp_path)
    page = write_local_report(a_short_report(), [a_mistake()], tmp_path / "reports")
    assert "data:image" not in (tmp_path / "report.html").read_text()
    assert "data:image/jpeg" in page.read_text()
    assert page == local_page(tmp_path / "reports", "mask", 7)


def test_a_local_report_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    page = write_local_report(a_short_report(), [a_mistake()], tmp_path / "reports")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (page.parent, page)] == [0o700, 0o600]


def test_a_later_local_report_replaces_the_earlier_one_whole(tmp_path: Path) -> None:
    write_local_report(a_short_report(source="hall"), [], tmp_path)
    page = write_local_report(a_short_report(source="lobby"), [], tmp_path)
    assert "lobby" in page.read_text() and "hall" not in page.read_text()
    assert {path.name for path in page.parent.iterdir()} == {"report.json", "report.html"}


def test_a_report_that_cannot_be_written_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = write_local_report(a_short_report(source="hall"), [], tmp_path)

    def full(_self: Path, _target: Path) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        write_local_report(a_short_report(source="lobby"), [], tmp_path)
    assert "hall" in page.read_text()
    assert {path.name for path in page.parent.iterdir()} == {"report.json", "report.html"}
