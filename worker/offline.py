"""Judging pictures, folders and video files without any server: every picture, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from shared.messages import Detection
from worker.decoding import AS_STORED
from worker.detectors import Picture
from worker.pipeline import Pipeline

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
BATCH = 8


class UnreadableSource(Exception):
    """A file that holds no picture or video that we can read: the message names it."""


@dataclass(frozen=True)
class SourcePicture:
    """One picture of a source; ``frame`` is 0 for a picture file, else its number in the video."""

    source: Path
    frame: int
    picture: Picture


@dataclass(frozen=True)
class JudgedSourcePicture:
    """A picture and what was found in it."""

    source: Path
    frame: int
    picture: Picture
    detections: tuple[Detection, ...]


@dataclass(frozen=True)
class VideoFormat:
    """What an annotated copy of a video has to keep."""

    width: int
    height: int
    frames_per_second: float


def files_of(source: Path) -> list[Path]:
    """The files that a source stands for: itself, or for a folder the pictures in it, by name.

    Raises:
        UnreadableSource: there is no such file, or the folder holds no pictures.
    """
    if source.is_dir():
        found = sorted(path for path in source.iterdir() if is_picture(path))
        if not found:
            raise UnreadableSource(f"{source} holds no pictures ({', '.join(sorted(PICTURE_SUFFIXES))})")
        return found
    if not source.is_file():
        raise UnreadableSource(f"there is no file {source}")
    return [source]


def is_picture(path: Path) -> bool:
    """Whether a file is taken for a picture, by its name; all others are taken for videos."""
    return path.suffix.lower() in PICTURE_SUFFIXES


def pictures(file: Path) -> Iterator[SourcePicture]:
    """The one picture of a picture file, or every frame of a video.

    Raises:
        UnreadableSource: it cannot be read.
    """
    if is_picture(file):
        yield SourcePicture(file, 0, read_picture(file))
    else:
        yield from _frames(file)


def read_picture(path: Path) -> Picture:
    """A picture file as BGR, as stored: an EXIF rotation is not applied, as on the way through a worker.

    Raises:
        UnreadableSource: it cannot be read.
    """
    picture = cv2.imread(str(path), AS_STORED)
    if picture is None:
        raise UnreadableSource(f"{path} is not a picture that can be read")
    return np.asarray(picture, np.uint8)


def video_format(path: Path) -> VideoFormat:
    """Size and rate of a video.

    Raises:
        UnreadableSource: it is none.
    """
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            return VideoFormat(stream.width, stream.height, float(stream.average_rate or 25))
    except (av.FFmpegError, IndexError) as error:
        raise UnreadableSource(f"{path} is not a video that can be read") from error


def frame_count(file: Path) -> int | None:
    """How many pictures a file holds, for a progress bar; ``None`` where a video does not say."""
    if is_picture(file):
        return 1
    try:
        with av.open(str(file)) as container:
            return container.streams.video[0].frames or None
    except (av.FFmpegError, IndexError):
        return None


def judge_pictures(pipeline: Pipeline, source: Iterator[SourcePicture]) -> Iterator[JudgedSourcePicture]:
    """Judge pictures in batches; one answer for each, in the same order."""
    while batch := list(islice(source, BATCH)):
        yield from _judged(pipeline, batch)


def _judged(pipeline: Pipeline, batch: Sequence[SourcePicture]) -> Iterator[JudgedSourcePicture]:
    for taken, judged in zip(batch, pipeline.judge([each.picture for each in batch]), strict=True):
        yield JudgedSourcePicture(taken.source, taken.frame, taken.picture, judged.detections)


def _frames(file: Path) -> Iterator[SourcePicture]:
    try:
        with av.open(str(file)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            for number, frame in enumerate(container.decode(stream)):
                yield SourcePicture(file, number, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
    except (av.FFmpegError, IndexError) as error:
        raise UnreadableSource(f"{file} is not a video that can be read") from error
