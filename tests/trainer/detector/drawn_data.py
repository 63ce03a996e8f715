"""A data set of drawn faces as a training finds it, read already, so that no teacher is needed."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.trainer.detector.builders import a_page
from trainer.detector import cache
from trainer.detector.album import Page
from trainer.detector.reading import Data, data_of, material_in
from trainer.detector.settings import DetectorSettings

PHOTOGRAPHS = 80  # of which a dozen choose


def drawn_settings(folder: Path, **changes: object) -> DetectorSettings:
    """A training on drawn pictures in ``folder``, with as few steps as there can be."""
    for name in ("faces", "boxes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "boxes" / "boxes.json").write_text(json.dumps([_annotated(page) for page in _photographs()]))
    rows = [f"{page.name}.png,{_label(page)},drawn,{page.name}" for page in _singles()]
    (folder / "faces" / "manifest.csv").write_text("\n".join(["file,label,source,cluster", *rows, ""]))
    (folder / "teacher.onnx").write_bytes(b"nobody asks it")
    chosen: dict[str, object] = {
        "faces": folder / "faces",
        "boxes": folder / "boxes",
        "teacher": folder / "teacher.onnx",
        "registry": folder / "models",
        "work": folder / "work",
        "minutes": 0.02,
        "batch": 2,
    }
    return DetectorSettings.model_validate(chosen | changes)


def read_already(settings: DetectorSettings) -> Data:
    """Put what a teacher would have found into the folder of work."""
    data = data_of(settings)
    settings.work.mkdir(parents=True, exist_ok=True)
    material = material_in(settings.work, data)
    cache.save(_photographs(), material.photographs)
    cache.save(_singles(), material.singles)
    return data


def _photographs() -> list[Page]:
    """Each with a bare and a masked face."""
    faces = ((20.0, 20.0, 60.0, 70.0), (90.0, 80.0, 130.0, 130.0))
    return [
        replace(a_page(f"street{number}.png", *faces), kinds=np.array([0, 1], np.int8)) for number in range(PHOTOGRAPHS)
    ]


def _singles() -> list[Page]:
    faces = ((40.0, 40.0, 110.0, 120.0),)
    return [a_page(f"{bare}{number}", *faces, bare=bare) for bare in (True, False) for number in range(6)]


def _annotated(page: Page) -> dict[str, object]:
    labels = ("with_mask", "without_mask")
    boxes = [{"label": label, "box": box.tolist()} for label, box in zip(labels, page.faces, strict=True)]
    return {"image": page.name, "boxes": boxes}


def _label(page: Page) -> str:
    return "without_mask" if page.is_bare[0] else "with_mask"
