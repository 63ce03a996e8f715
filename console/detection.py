"""What `maskwatch detect` does with files: one JSON line a picture, annotated copies, a summary."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from console.errors import BadInput, CommandFailed
from console.progress import progress_bars
from worker import annotation, offline
from worker.offline import JudgedSourcePicture, SourcePicture, UnreadableSource
from worker.pipeline import Pipeline


def collect_files(sources: list[Path]) -> list[Path]:
    """All files that the sources stand for.

    Raises:
        BadInput: a source is missing, holds no pictures or is no video.
    """
    try:
        files = [file for source in sources for file in offline.files_of(source)]
        for file in files:
            if not offline.is_picture(file):
                offline.video_format(file)
    except UnreadableSource as error:
        raise BadInput(str(error)) from error
    return files


def output_paths(sources: list[Path], files: list[Path], out: Path) -> dict[Path, Path]:
    """Where each file's annotated copy goes: ``out`` itself for a single file, else a file in the folder ``out``.

    Raises:
        BadInput: two copies would have one name, or a copy would replace its original.
    """
    is_one_file = len(files) == 1 and sources[0].is_file() and out.suffix != "" and not out.is_dir()
    paths = {file: out if is_one_file else out / _copy_name(file) for file in files}
    names = Counter(paths.values())
    for file, path in paths.items():
        if names[path] > 1:
            raise BadInput(f"two sources would be written to {path}: run them one after the other")
        if path.resolve() == file.resolve():
            raise BadInput(f"{path} is a source itself: give another -o")
    return paths


def _copy_name(file: Path) -> str:
    return file.name if offline.is_picture(file) else f"{file.stem}.mp4"


def total_pictures(files: list[Path]) -> int | None:
    """How many pictures there are; ``None`` where a video does not say."""
    counts = [offline.frame_count(file) for file in files]
    return None if None in counts else sum(count or 0 for count in counts)


def readable(files: Iterable[Path], unreadable: list[str]) -> Iterator[SourcePicture]:
    """All pictures of all files; what turns out to be broken is noted and does not stop the rest."""
    for file in files:
        try:
            yield from offline.pictures(file)
        except UnreadableSource as error:
            unreadable.append(str(error))


def json_line(judged: JudgedSourcePicture) -> str:
    """One picture; boxes in pixels of it, left, top, right, bottom."""
    height, width = judged.picture.shape[:2]
    detections = [
        {"box": list(found.box), "label": found.label.value, "confidence": found.confidence}
        for found in judged.detections
    ]
    line: dict[str, Any] = {
        "source": str(judged.source),
        "frame": judged.frame,
        "width": width,
        "height": height,
        "detections": detections,
    }
    return json.dumps(line)


class Copies:
    """Writes annotated copies; a context manager, since a video is finished by closing it."""

    def __init__(self, paths: dict[Path, Path]) -> None:
        """``paths`` maps each source file to its copy; files without one are left out."""
        self._paths = paths
        self._open = ExitStack()
        self._video: annotation.VideoWriter | None = None
        self._source: Path | None = None

    def __enter__(self) -> "Copies":
        """Write within the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the last video."""
        self._open.close()

    def write(self, judged: JudgedSourcePicture) -> None:
        """Write one picture; those of one source come one after the other.

        Raises:
            OSError: it cannot be written.
        """
        path = self._paths.get(judged.source)
        if path is None:
            return
        drawn = annotation.annotated(judged.picture, judged.detections)
        if offline.is_picture(judged.source):
            annotation.write_picture(path, drawn)
            return
        if judged.source != self._source:
            self._begin_video(judged.source, path)
        if self._video is not None:
            self._video.write(drawn)

    def _begin_video(self, source: Path, path: Path) -> None:
        self._open.close()
        self._video = self._open.enter_context(annotation.VideoWriter(path, offline.video_format(source)))
        self._source = source


class Summary:
    """How many pictures and faces each source had."""

    def __init__(self) -> None:
        """Nothing is counted yet."""
        self._pictures: Counter[Path] = Counter()
        self._faces: dict[Path, Counter[str]] = {}

    def add(self, judged: JudgedSourcePicture) -> None:
        """Count one picture."""
        self._pictures[judged.source] += 1
        self._faces.setdefault(judged.source, Counter()).update(found.label.value for found in judged.detections)

    def lines(self) -> Iterator[str]:
        """One line a file."""
        for source, pictures in self._pictures.items():
            faces = ", ".join(f"{count} {label}" for label, count in sorted(self._faces[source].items()))
            frames = "" if offline.is_picture(source) else f"{pictures} frames, faces: "
            yield f"{source}: {frames}{faces or 'no faces'}"


@dataclass(frozen=True)
class Outcome:
    """What a run over files came to; ``unreadable`` says in a line each what could not be read."""

    summary: Summary = field(default_factory=Summary)
    unreadable: list[str] = field(default_factory=list)


def judge_files(files: list[Path], pipeline: Pipeline, copies: dict[Path, Path], lines: IO[str] | None) -> Outcome:
    """Judge all pictures of all files, with a progress bar on standard error.

    Raises:
        CommandFailed: a copy cannot be written.
    """
    outcome = Outcome()
    with Copies(copies) as writer, progress_bars() as progress:
        task = progress.add_task("pictures", total=total_pictures(files))
        for judged in offline.judge_pictures(pipeline, readable(files, outcome.unreadable)):
            if lines is not None:
                lines.write(json_line(judged) + "\n")
            try:
                writer.write(judged)
            except OSError as error:
                raise CommandFailed(f"the annotated copy cannot be written: {error}") from error
            outcome.summary.add(judged)
            progress.advance(task)
    return outcome
