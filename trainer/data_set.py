"""Labelled faces from folders, manifests and annotated photographs: which there are, not their pixels."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from shared.messages import Label
from shared.model_registry import BACKGROUND, Answer
from trainer.labels import LABELS
from trainer.settings import TrainingRefused

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
BOXES_FILE = "boxes.json"

Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels of the picture


@dataclass(frozen=True)
class Face:
    """One labelled face: a picture, or the part of a photograph within ``box``."""

    file: Path
    source: str
    label: Answer
    cluster: str  # faces of one cluster are near-duplicates; "" where nobody has looked yet
    box: Box | None = None


class _BoxRecord(BaseModel):
    model_config = ConfigDict(extra="ignore")
    label: Label
    box: Box


class _PhotographRecord(BaseModel):
    model_config = ConfigDict(extra="ignore")
    image: str
    boxes: list[_BoxRecord]


def labelled_faces(folder: Path) -> list[Face]:
    """The faces of one data folder: its ``manifest.csv`` where it has one, else ``[SOURCE/]LABEL/picture``.

    A label is one of ``Label`` or "background": what a detector took for a face and is none.

    Raises:
        TrainingRefused: there is no such folder, nothing labelled in it, or the manifest is wrong.
    """
    if not folder.is_dir():
        raise TrainingRefused(f"there is no data folder {folder}")
    manifest = folder / "manifest.csv"
    faces = list(_from_manifest(manifest) if manifest.is_file() else _from_folders(folder))
    if not faces:
        raise TrainingRefused(
            f"no picture in {folder}: expected {folder}/with_mask/*.jpg and {folder}/without_mask/*.jpg"
        )
    return faces


def boxed_faces(folder: Path) -> list[Face]:
    """The faces of a folder with ``boxes.json``; the faces of one photograph make one cluster.

    Raises:
        TrainingRefused: the file is missing or is not of the expected form.
    """
    path = folder / BOXES_FILE
    try:
        records = TypeAdapter(list[_PhotographRecord]).validate_python(json.loads(path.read_bytes()))
    except OSError as error:
        raise TrainingRefused(f"cannot read {path}: {error.strerror}") from error
    except (ValidationError, ValueError) as error:
        raise TrainingRefused(
            f"{path} is not a list of photographs with boxes: {str(error).splitlines()[0]}"
        ) from error
    return [
        Face(folder / each.image, "boxes", box.label, f"boxes/{each.image}", box.box)
        for each in records
        for box in each.boxes
    ]


def refuse_unless_both_labels(faces: list[Face], what: str) -> None:
    """Refuse a part in which a label is missing, since nothing can be learnt or measured from it.

    Raises:
        TrainingRefused: names the label and the part.
    """
    counts = Counter(face.label for face in faces)
    for label in LABELS:
        if not counts[label]:
            raise TrainingRefused(f"no usable picture of {label} in {what}: both labels are needed")


def _from_manifest(path: Path) -> Iterator[Face]:
    with path.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        missing = {"file", "label"} - set(rows.fieldnames or ())
        if missing:
            raise TrainingRefused(f"{path} has no column {' and no column '.join(sorted(missing))}")
        for row in rows:
            label = _label(row["label"])
            if label is None:
                raise TrainingRefused(f"{path} line {rows.line_num}: {row['label']!r} is no label")
            cluster = row.get("cluster") or ""
            yield Face(path.parent / row["file"], row.get("source") or path.parent.name, label, cluster)


def _from_folders(folder: Path) -> Iterator[Face]:
    for path in sorted(folder.rglob("*")):
        label = _label(path.parent.name)
        if label is not None and path.suffix.lower() in PICTURE_SUFFIXES and path.is_file():
            above = path.parent.parent
            yield Face(path, folder.name if above == folder else above.relative_to(folder).as_posix(), label, "")


def _label(name: str) -> Answer | None:
    if name == BACKGROUND:
        return BACKGROUND
    return Label(name) if name in set(Label) else None
