"""Labelled faces of a review folder as a data folder, for training and evaluation elsewhere."""

import csv
import io
import os
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from console.errors import BadInput
from shared.model_registry import BACKGROUND
from shared.review import ReviewFolder
from shared.review_item import NOT_A_FACE, ReviewItem
from worker.cropping import crop_square

SOURCE = "corrections"
MANIFEST = "manifest.csv"
COLUMNS = ("file", "source", "label", "cluster")
# As much around the face as the classifier sees, since evaluation takes pictures whole.
_MARGIN = 0.15


def export(folder: ReviewFolder, out: Path) -> Counter[str]:
    """Write ``corrections/LABEL/*.jpg`` and ``manifest.csv``; returns how many faces of each label.

    A second export into the same folder adds to the first.

    Raises:
        BadInput: nothing is labelled, or a file of somebody else would be overwritten.
        OSError: a file cannot be written.
    """
    rows: list[tuple[str, str, str, str]] = []
    pictures: dict[Path, bytes] = {}
    for item in folder.items():
        cut = _cut(folder, item)
        if item.label is None or cut is None:
            continue
        label = BACKGROUND if item.label == NOT_A_FACE else item.label
        name = f"{SOURCE}/{label}/{item.id}.jpg"
        rows.append((name, SOURCE, label, item.cluster))
        pictures[out / name] = cut
    if not rows:
        raise BadInput(f"no face in {folder.root} has a label; give some with `maskwatch review label`")
    _refuse_to_overwrite(out, pictures)
    for path, content in pictures.items():
        _write(path, content)
    _write(out / MANIFEST, _as_csv(rows))
    return Counter(label for _, _, label, _ in rows)


def _cut(folder: ReviewFolder, item: ReviewItem) -> bytes | None:
    decoded = cv2.imdecode(np.frombuffer(folder.picture(item) or b"\0", np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        return None
    crop = crop_square(np.asarray(decoded, np.uint8), item.face, _MARGIN)
    _, encoded = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, 95])
    return encoded.tobytes()


def _refuse_to_overwrite(out: Path, pictures: dict[Path, bytes]) -> None:
    others = [path for path, content in pictures.items() if path.exists() and path.read_bytes() != content]
    if (out / MANIFEST).exists() and not _is_ours(out / MANIFEST):
        others.append(out / MANIFEST)
    if others:
        raise BadInput(f"{others[0]} is there already and not from this export; choose another folder")


def _is_ours(manifest: Path) -> bool:
    try:
        with manifest.open(newline="", encoding="utf-8") as lines:
            rows = csv.DictReader(lines)
            return tuple(rows.fieldnames or ()) == COLUMNS and all(row["source"] == SOURCE for row in rows)
    except (OSError, ValueError, csv.Error):
        return False


def _as_csv(rows: list[tuple[str, str, str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # faces: for their owner alone
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
