"""What there is to learn from, and reading it once: what was read carries the fingerprint of what it was read from."""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TypeVar

from shared.messages import Label
from trainer.data_set import Face, boxed_faces
from trainer.detector import cache
from trainer.detector.album import Dropped, Page, labelled, photographs, single_faces
from trainer.detector.batches import Material
from trainer.detector.settings import DetectorSettings
from trainer.detector.teacher import BoxTeacher
from trainer.settings import OnProgress, TrainingRefused, TrainProgress

# Raised when pictures are read otherwise than before, so that what was read then is read again.
READING = 1
PHASE = "reading pictures"
FALSE_FACES = "false_faces.npz"

Item = TypeVar("Item")


@dataclass(frozen=True)
class Data:
    """What the settings name, before any picture is read."""

    folder: Path  # of the photographs
    boxed: Sequence[Face]  # every face of the photographs
    singles: Sequence[Face]
    teacher: str  # name and digest

    @property
    def photographs(self) -> int:
        """How many there are."""
        return len({face.file for face in self.boxed})

    @property
    def of_photographs(self) -> str:
        """Differs where a photograph, a box, a label or the teacher does."""
        return _fingerprint(self.boxed, self.teacher)

    @property
    def of_singles(self) -> str:
        """Differs where a labelled picture or the teacher does."""
        return _fingerprint(self.singles, self.teacher)


def data_of(settings: DetectorSettings) -> Data:
    """What the settings name.

    Raises:
        TrainingRefused: a folder or the teacher is missing, or nothing is labelled in one.
    """
    if not settings.teacher.is_file():
        raise TrainingRefused(f"there is no face detector {settings.teacher}")
    digest = hashlib.sha256(settings.teacher.read_bytes()).hexdigest()[:16]
    folder = settings.boxes / "train" if (settings.boxes / "train").is_dir() else settings.boxes
    boxed = boxed_faces(folder)
    if not boxed:
        raise TrainingRefused(f"no face is boxed in {folder}")
    return Data(folder, boxed, labelled(settings.faces), f"{settings.teacher.name} sha256:{digest}")


def material_of(settings: DetectorSettings, data: Data, on_progress: OnProgress) -> Material:
    """Read what was not read before, into the folder of the training.

    Raises:
        TrainingRefused: a photograph or the teacher cannot be read, or there is too little to learn from.
    """
    total = data.photographs + len(data.singles)
    on_progress(TrainProgress(PHASE, 0, total))
    material = material_in(settings.work, data)
    if not material.photographs.is_file():
        pages = photographs(data.folder, BoxTeacher(settings.teacher))
        _keep(_counted(pages, on_progress, 0, total), material.photographs)
    if not material.singles.is_file():
        items = single_faces(data.singles, BoxTeacher(settings.teacher))
        counted = _counted(items, on_progress, data.photographs, total)
        _keep(_without_dropped(counted, _dropped_file(material.singles)), material.singles)
    on_progress(TrainProgress(PHASE, total, total))
    _refuse_too_little(material, settings)
    return material


def material_in(work: Path, data: Data) -> Material:
    """Where what is read from the data is kept."""
    return Material(
        work / f"photographs-{data.of_photographs[:12]}.npz",
        work / f"single_faces-{data.of_singles[:12]}.npz",
        work / FALSE_FACES,
    )


def dropped_from(material: Material) -> list[Dropped]:
    """The labelled pictures that teach nothing."""
    file = _dropped_file(material.singles)
    if not file.is_file():
        return []
    with file.open(newline="", encoding="utf-8") as lines:
        return [Dropped(*row) for row in csv.reader(lines)]


def _keep(pages: Iterable[Page], path: Path) -> None:
    """Write a cache whole or not at all, and remove those of other data."""
    kept = list(pages)
    if not kept:
        raise TrainingRefused("the teacher is sure of no face in any of the pictures")
    partial = path.with_name(f"partial-{path.name}")
    cache.save(kept, partial)
    partial.replace(path)
    for other in path.parent.glob(f"{path.name.partition('-')[0]}-*"):
        if other.stem != path.stem:
            other.unlink()


def _without_dropped(items: Iterable[Page | Dropped], file: Path) -> Iterator[Page]:
    with file.open("w", newline="", encoding="utf-8") as lines:
        rows = csv.writer(lines, lineterminator="\n")
        for item in items:
            if isinstance(item, Page):
                yield item
            else:
                rows.writerow(astuple(item))


def _dropped_file(singles: Path) -> Path:
    return singles.with_suffix(".csv")


def _counted(items: Iterable[Item], on_progress: OnProgress, before: int, total: int) -> Iterator[Item]:
    for number, item in enumerate(items, before + 1):
        yield item
        on_progress(TrainProgress(PHASE, number, total))


def _refuse_too_little(material: Material, settings: DetectorSettings) -> None:
    photos, singles = material.taught()
    if not photos or not material.validation():
        raise TrainingRefused(f"too few photographs in {settings.boxes}: some must teach and some must choose")
    for is_bare, label in ((False, Label.WITH_MASK), (True, Label.WITHOUT_MASK)):
        if not any(page.is_bare[0] == is_bare for page in singles):
            raise TrainingRefused(f"no usable picture of {label} in {settings.faces}: both labels are needed")


def _fingerprint(faces: Sequence[Face], teacher: str) -> str:
    """Of names, labels, boxes and sizes of files: quick, and the same wherever the folder lies."""
    digest = hashlib.sha256(f"{READING} {teacher}".encode())
    for face in faces:
        size = face.file.stat().st_size if face.file.is_file() else 0
        named = (*face.file.parts[-3:], face.source, face.label, face.cluster, face.box, size)
        digest.update(repr(named).encode())
    return digest.hexdigest()
