"""Looks at one camera without attaching it: what ``maskwatch camera test`` shows."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from producer.pictures import jpeg
from producer.pictures.encoding import encode
from producer.sources.base import Picture, Source, SourceError, SourceLimits, SourceUnusable, TimedOut
from producer.sources.opening import check_recorded, open_live, open_recorded
from producer.sources.snapshot import DEFAULT_FPS
from shared.cameras import Camera, Transport
from shared.redaction import redact

__all__ = ["CameraReport", "SourceError", "check_source", "probe"]

STILL_QUALITY = 90
_MEASURED_S = 2.0
_SPARE_S = 0.5  # to put into words what took all of the time


@dataclass(frozen=True)
class CameraReport:
    """What a source gives: sizes in pixels, its own claim of its rate, one still as JPEG bytes.

    ``measured_fps`` is the rate at which pictures came behind the first; ``None`` where none came within
    two seconds, and for files and folders.
    """

    width: int
    height: int
    fps: float | None
    codec: str
    still: bytes
    measured_fps: float | None = None


_Answers = queue.SimpleQueue[CameraReport | Exception]


def probe(address: str, timeout_s: float, transport: Transport = "tcp") -> CameraReport:
    """Open a source and take a picture within about ``timeout_s`` seconds, then measure its rate for two more.

    Raises:
        SourceError: by name what is wrong (see ``producer.sources.base``), in one redacted line.
    """
    answers: _Answers = queue.SimpleQueue()
    # In a thread, since a driver may hang longer than any limit it was given.
    threading.Thread(target=_look, args=(address, timeout_s, transport, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s + _SPARE_S)
    except queue.Empty:
        raise TimedOut(f"{redact(address)} gave no picture within {timeout_s:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    try:
        measured = answers.get(timeout=_MEASURED_S + _SPARE_S)
    except queue.Empty:
        return answer  # it hangs behind its first picture
    return answer if isinstance(measured, Exception) else measured


def check_source(source: str) -> None:
    """Look whether a file or folder can be played, quickly; every other kind of source passes.

    Raises:
        SourceMissing, NotAVideo, NoPictures: in one line what is wrong.
    """
    check_recorded(source)


def _look(address: str, timeout_s: float, transport: Transport, answers: _Answers) -> None:
    """Answer with the report, then once more with the measured rate in it."""
    try:
        camera = Camera.model_validate({"id": "test", "source": address, "transport": transport})
        with closing(_opened(camera, timeout_s)) as source:
            pictures = source.pictures()
            report = _report(source, next(pictures, None), address)
            answers.put(report)
            answers.put(report if camera.is_lossless else replace(report, measured_fps=_measured_fps(pictures)))
    except Exception as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
        answers.put(error)


def _opened(camera: Camera, timeout_s: float) -> Source:
    if camera.is_lossless:
        return open_recorded(camera, start_at=0)
    limits = SourceLimits(open_timeout_s=timeout_s, read_timeout_s=timeout_s)
    return open_live(camera, camera.source, limits, DEFAULT_FPS)


def _report(source: Source, picture: Picture | None, address: str) -> CameraReport:
    if picture is None:
        raise SourceUnusable(f"{redact(address)} holds no picture that can be decoded")
    still = encode(picture, STILL_QUALITY)
    return CameraReport(*jpeg.size_of(still), source.fps, source.codec, still)


def _measured_fps(pictures: Iterator[Picture]) -> float | None:
    began_at = last_at = time.monotonic()
    count = 0
    for _ in pictures:
        last_at = time.monotonic()
        count += 1
        if last_at - began_at >= _MEASURED_S:
            break
    return count / (last_at - began_at) if count and last_at > began_at else None
