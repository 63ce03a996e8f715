"""Which folders of a system a training uses unless told otherwise."""

from pathlib import Path

from console.training.folders import given_or, usual_folders
from deploy.local.data_folder import DataFolder


def test_reports_have_a_place_and_review_and_holdout_count_where_they_are(tmp_path: Path) -> None:
    assert usual_folders(DataFolder(tmp_path)) == {"reports": tmp_path / "reports"}
    (tmp_path / "review").mkdir()
    (tmp_path / "holdout").mkdir()
    assert usual_folders(DataFolder(tmp_path)) == {
        "reports": tmp_path / "reports",
        "corrections": tmp_path / "review",
        "holdout": tmp_path / "holdout",
    }


def test_what_is_given_goes_before_the_usual(tmp_path: Path) -> None:
    usual = {"reports": tmp_path / "reports", "holdout": tmp_path / "holdout"}
    options = {"reports": None, "holdout": Path("mine"), "seed": 3}
    assert given_or(usual, options) == {"reports": tmp_path / "reports", "holdout": Path("mine"), "seed": 3}
