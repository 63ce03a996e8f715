"""Labelled faces, as ``maskwatch evaluate --faces`` takes them, and what an annotated photograph is."""

import csv
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from shared.messages import Box, Label
from shared.model_registry import BACKGROUND
from worker.offline import is_picture

MANIFEST_FILE = "manifest.csv"


class UnusableData(Exception):
    """A folder that cannot be evaluated against: the message says what is expected there."""


@dataclass(frozen=True)
class LabelledFace:
    """A picture of one face; ``source`` is where it comes from, for figures of its own."""

    file: Path
    source: str
    label: Label


class AnnotatedFace(BaseModel):
    """A face in a photograph, in its pixels."""

    model_config = ConfigDict(frozen=True)

    label: Label
    box: Box


class Photograph(BaseModel):
    """A picture file, relative to its folder, and every face in it.

    ``width`` and ``height`` are what the annotation states of the picture, in pixels; 0 where it does not.
    """

    model_config = ConfigDict(frozen=True)

    image: str
    width: int = Field(default=0, ge=0)
    height: int = Field(default=0, ge=0)
    boxes: tuple[AnnotatedFace, ...]


def labelled_faces(data: Path) -> list[LabelledFace]:
    """The faces of a folder (``[SOURCE/]LABEL/picture``) or of a ``manifest.csv``; background is passed over.

    Raises:
        UnusableData: there are none, or the manifest is not as expected.
    """
    manifest = data / MANIFEST_FILE if data.is_dir() else data
    faces = _from_manifest(manifest) if manifest.is_file() else _from_folders(data)
    if not faces:
        raise UnusableData(
            f"no labelled faces in {data}: expected {data}/with_mask/*.jpg and {data}/without_mask/*.jpg"
        )
    return faces


def _from_folders(folder: Path) -> list[LabelledFace]:
    labels = {label.value for label in Label}
    files = sorted(path for path in folder.rglob("*") if path.parent.name in labels and is_picture(path))
    return [
        LabelledFace(
            path, path.parent.parent.name if path.parent.parent != folder else folder.name, Label(path.parent.name)
        )
        for path in files
    ]


def _from_manifest(manifest: Path) -> list[LabelledFace]:
    try:
        with manifest.open(newline="") as lines:
            return [
                LabelledFace(manifest.parent / row["file"], row["source"], Label(row["label"]))
                for row in csv.DictReader(lines)
                if row["label"] != BACKGROUND
            ]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise UnusableData(f"{manifest} is not a list of faces (columns file, source, label): {error}") from error
