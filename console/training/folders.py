"""What a training takes from, and leaves in, the data folder of its system unless told otherwise."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.data_folder import DataFolder


def usual_folders(data: DataFolder) -> dict[str, Path]:
    """Reports go there; labelled faces of the review folder train too; a folder ``holdout`` is what measures."""
    there = {"corrections": data.review, "holdout": data.root / "holdout"}
    return {"reports": data.reports} | {name: path for name, path in there.items() if path.is_dir()}


def given_or(usual: Mapping[str, Path], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, with the usual folder where none is given."""
    return {**options, **{name: path for name, path in usual.items() if options.get(name) is None}}
